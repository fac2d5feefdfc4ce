/** Loads tfjs's WebGPU backend into this process. */
import { HeadlightError } from "../../errors.ts";
import type { BaseEngine, Tf } from "../engine.ts";
import { type OpByOp, readValues } from "../op_by_op.ts";
import { allowsSoftware, detectionOf, SOFTWARE_VARIABLE, webgpuLine } from "./adapter.ts";
import { webgpuPlace } from "./detect.ts";
import { DeviceErrors } from "./device_errors.ts";
import { type RequestedGpu, requestGpu } from "./request_gpu.ts";
import { webgpuVersion } from "./setup.ts";

const BACKEND = "webgpu";

/** WebGPU as loaded in this process. */
export type LoadedWebgpu = Pick<BaseEngine, "version" | "deviceName"> & { readonly tf: Tf; readonly opByOp: OpByOp };

let loading: Promise<LoadedWebgpu> | undefined;

/**
 * Loads the WebGPU backend and makes it the backend of tfjs. A second call returns the same engine, because a process
 * has one device.
 *
 * @throws HeadlightError (1) if no GPU can be used
 */
export async function loadWebgpu(): Promise<LoadedWebgpu> {
  loading ??= load();
  const engine = await loading;
  await engine.tf.setBackend(BACKEND);
  return engine;
}

async function load(): Promise<LoadedWebgpu> {
  const { facts, gpu } = await requestGpu();
  const found = detectionOf(facts, allowsSoftware(Deno.env.get(SOFTWARE_VARIABLE)));
  if (found.kind !== "usable") throw new HeadlightError(webgpuLine(found, webgpuPlace()), 1);
  if (gpu === null) throw new Error("a usable adapter has a device");
  const tf: Tf = await import("@tensorflow/tfjs");
  await register(tf, gpu);
  const { adapter: { name, limits } } = found;
  const errors = new DeviceErrors(gpu.device, name);
  return {
    version: webgpuVersion(),
    deviceName: name,
    tf,
    opByOp: {
      largestTensorBytes: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
      compute: (ops) => errors.during(() => readValues(onBackend(tf, ops))),
    },
  };
}

async function register(tf: Tf, { device, info }: NonNullable<RequestedGpu["gpu"]>): Promise<void> {
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  // Otherwise small tensors are computed on the processor, which rounds differently and needs synchronous reads.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  // The package registers a backend that requests a device by itself.
  tf.removeBackend(BACKEND);
  tf.registerBackend(BACKEND, () => new WebGPUBackend(device, info), 3);
  if (!await tf.setBackend(BACKEND)) throw new Error("tfjs-backend-webgpu could not be initialized");
}

/**
 * Runs ops on the WebGPU backend. In a process that also trains, TensorFlow is the backend the rest of the time.
 * Selecting a backend that is initialized takes effect before `setBackend` returns its promise.
 */
function onBackend<T>(tf: Tf, ops: () => T): T {
  const usual = tf.getBackend();
  if (usual === BACKEND) return ops();
  tf.setBackend(BACKEND);
  try {
    return ops();
  } finally {
    tf.setBackend(usual);
  }
}

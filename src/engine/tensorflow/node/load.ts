/**
 * Loads tfjs-node with the addon that Headlight compiled. tfjs-node's own entry module looks for an addon inside its
 * package folder (by node-pre-gyp). This module loads tfjs-node's modules one by one instead, so node_modules is never
 * written to.
 *
 * This is the only adapter for tfjs-node. It gives types to what has none.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import type { Engine, Tf } from "../../engine.ts";
import { packageFolder } from "../../packages.ts";
import type { Binding, NodeBackend } from "./binding.ts";
import { registerReluGradient } from "./relu_gradient.ts";

interface NodeModules {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
  readonly nodeFileSystemRouter: never;
}

/** TensorFlow as loaded in this process. */
export type LoadedAddon = Pick<Engine, "version" | "device" | "tf">;

let loading: { readonly addon: string; readonly engine: Promise<LoadedAddon> } | undefined;

/**
 * Loads TensorFlow into this process (0.5 s to 2 s) and makes it the backend of tfjs. A process can load only one
 * addon. A second call with the same addon returns the same engine.
 *
 * @param addon the absolute path of tfjs_binding.node
 */
export async function loadAddon(addon: string): Promise<LoadedAddon> {
  loading ??= { addon, engine: load(addon) };
  if (loading.addon !== addon) throw new Error(`cannot load ${addon}: ${loading.addon} is already loaded`);
  const engine = await loading.engine;
  await engine.tf.setBackend("tensorflow");
  return engine;
}

async function load(addon: string): Promise<LoadedAddon> {
  quietNativeLog();
  useOneDnn();
  definePatchedUtil();
  const tf: Tf = await import("@tensorflow/tfjs");
  const require = createRequire(join(packageFolder("@tensorflow/tfjs-node"), "dist", "index.js"));
  require("./register_all_kernels");
  const { NodeJSKernelBackend }: NodeModules = require("./nodejs_kernel_backend");
  const { nodeFileSystemRouter }: NodeModules = require("./io/file_system");
  const binding: Binding = require(addon);
  const backend = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node");
  tf.registerBackend("tensorflow", () => backend, 3);
  await tf.setBackend("tensorflow");
  registerReluGradient(tf);
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  return { version: binding.TF_Version, device: backend.isUsingGpuDevice ? "gpu" : "cpu", tf };
}

/**
 * Reduces TensorFlow's log output. TensorFlow reads the variable once, when it is loaded. What it still prints goes to
 * standard error, which is the trainer's log.
 */
function quietNativeLog(): void {
  if (Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === undefined) Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "2");
}

/**
 * Has TensorFlow compute with oneDNN on every processor. By itself TensorFlow does so only where a processor has
 * AVX-512 VNNI, AVX512_BF16 or AMX (core/util/port.cc). Its other kernels are up to three times slower, and in them a
 * row's bits depend on its place in the batch, so that cached rows would not be those of an unbroken run. For that
 * reason a person's own value is replaced too. TensorFlow reads the variable once, when it is loaded.
 */
function useOneDnn(): void {
  Deno.env.set("TF_ENABLE_ONEDNN_OPTS", "1");
}

/** Defines util.isNullOrUndefined, which tfjs-node calls but Node 23 and Deno have removed. */
function definePatchedUtil(): void {
  const target = util as typeof util & { isNullOrUndefined?: (value: unknown) => boolean };
  target.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

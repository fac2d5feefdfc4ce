/**
 * Loads tfjs-node around an addon of our own making. tfjs-node's own entry asks node-pre-gyp for an addon inside its
 * package folder; here its modules are taken one by one and node_modules is never written to.
 *
 * This is the one adapter around tfjs-node: what has no types is given them here.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import type { Engine, Tf } from "../engine.ts";
import { packageFolder } from "../packages.ts";
import type { Binding, NodeBackend } from "./binding.ts";

interface NodeModules {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => NodeBackend;
  readonly nodeFileSystemRouter: never;
}

/** TensorFlow as it is in this process. */
export type LoadedAddon = Pick<Engine, "version" | "device" | "tf">;

let loading: { readonly addon: string; readonly engine: Promise<LoadedAddon> } | undefined;

/**
 * Loads TensorFlow into this process (0.5 to 2 s) and makes it tfjs's backend. A process can hold one addon only; a
 * second call with the same one returns the same engine.
 *
 * @param addon tfjs_binding.node, absolute
 */
export async function loadAddon(addon: string): Promise<LoadedAddon> {
  loading ??= { addon, engine: load(addon) };
  if (loading.addon !== addon) throw new Error(`${loading.addon} is loaded already, ${addon} cannot be`);
  const engine = await loading.engine;
  await engine.tf.setBackend("tensorflow");
  return engine;
}

async function load(addon: string): Promise<LoadedAddon> {
  quietNativeLog();
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
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  return { version: binding.TF_Version, device: backend.isUsingGpuDevice ? "gpu" : "cpu", tf };
}

/** TensorFlow reads this once, when it is loaded. What it still says goes to fd 2, the trainer's log. */
function quietNativeLog(): void {
  if (Deno.env.get("TF_CPP_MIN_LOG_LEVEL") === undefined) Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "2");
}

/** tfjs-node calls util.isNullOrUndefined, which Node 23 and Deno have removed. */
function definePatchedUtil(): void {
  const target = util as typeof util & { isNullOrUndefined?: (value: unknown) => boolean };
  target.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

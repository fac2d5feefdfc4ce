/**
 * Loads tfjs-node around an addon of our own making. tfjs-node's own entry asks node-pre-gyp for an addon inside its
 * package folder; here its modules are taken one by one and node_modules is never written to.
 *
 * This is the one adapter around tfjs-node: what has no types is given them here.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import util from "node:util";
import type { Engine, EngineFiles, Tf } from "../engine.ts";

/** The folder of the tfjs-node package: its C++ sources and its compiled modules. */
export function tfjsNodePackage(): string {
  return dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json"));
}

interface Binding {
  readonly TF_Version: string;
}

interface NodeModules {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => Backend;
  readonly nodeFileSystemRouter: never;
}

type Backend = ReturnType<Parameters<Tf["registerBackend"]>[1]> & { readonly isUsingGpuDevice: boolean };

let loaded: { addon: string; engine: Engine } | undefined;

/**
 * Loads TensorFlow into this process (0.5 to 2 s) and makes it tfjs's backend. A process can hold one addon only; a
 * second call with the same one returns the same engine.
 */
export async function loadTensorflow(files: Extract<EngineFiles, { kind: "tensorflow" }>): Promise<Engine> {
  if (loaded) {
    if (loaded.addon !== files.addon) throw new Error(`${loaded.addon} is loaded already, ${files.addon} cannot be`);
    return loaded.engine;
  }
  quietNativeLog();
  definePatchedUtil();
  const tf: Tf = await import("@tensorflow/tfjs");
  const load = createRequire(join(tfjsNodePackage(), "dist", "index.js"));
  load("./register_all_kernels");
  const { NodeJSKernelBackend }: NodeModules = load("./nodejs_kernel_backend");
  const { nodeFileSystemRouter }: NodeModules = load("./io/file_system");
  const binding: Binding = load(files.addon);
  const backend = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node");
  tf.registerBackend("tensorflow", () => backend, 3);
  await tf.setBackend("tensorflow");
  tf.io.registerLoadRouter(nodeFileSystemRouter);
  tf.io.registerSaveRouter(nodeFileSystemRouter);
  const engine: Engine = {
    kind: "tensorflow",
    version: binding.TF_Version,
    device: backend.isUsingGpuDevice ? "gpu" : "cpu",
    tf,
  };
  loaded = { addon: files.addon, engine };
  return engine;
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

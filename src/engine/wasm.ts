/** The second engine: tfjs on WebAssembly. Slower by four to six times, but it needs nothing beyond the npm packages. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Engine, EngineFiles } from "./engine.ts";

/** Loads the WebAssembly backend into this process and makes it tfjs's backend. */
export async function loadWasm(files: Extract<EngineFiles, { kind: "wasm" }>): Promise<Engine> {
  const tf = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(dirname(entry), "/"));
  await tf.setBackend("wasm");
  return { kind: "wasm", version: files.version, device: "cpu", tf };
}

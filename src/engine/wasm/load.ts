/**
 * The second engine: tfjs on WebAssembly. It is four to six times slower, but needs only the npm packages.
 *
 * It has every kernel that Headlight uses, and they agree with TensorFlow's (tests/engine/kernels_test.ts). It lacks
 * the gradient of a convolution's filter, so a base cannot be trained on it. It uses SIMD and one thread, because tfjs
 * enables its threaded binary in browsers only (tensorflow/tfjs#3830).
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Tf } from "../engine.ts";

/** Loads the WebAssembly backend into this process (0.2 s) and makes it the backend of tfjs. */
export async function loadWasm(): Promise<Tf> {
  const tf = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(dirname(entry), "/"));
  if (!await tf.setBackend("wasm")) throw new Error("tfjs-backend-wasm could not be initialized");
  return tf;
}

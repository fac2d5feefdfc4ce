/**
 * The second engine: tfjs on WebAssembly. Slower by four to six times, but it needs nothing beyond the npm packages.
 *
 * Every kernel that Headlight uses is there and agrees with TensorFlow's (tests/engine/kernels_test.ts). What is not: the
 * gradient of a convolution's filter, so a base cannot be trained on it. It runs on SIMD and one thread: tfjs switches
 * its threaded binary off outside browsers (tensorflow/tfjs#3830).
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Tf } from "../engine.ts";

/** Loads the WebAssembly backend into this process (0.2 s) and makes it tfjs's backend. */
export async function loadWasm(): Promise<Tf> {
  const tf = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(dirname(entry), "/"));
  if (!await tf.setBackend("wasm")) throw new Error("tfjs-backend-wasm could not be initialized");
  return tf;
}

/**
 * A program that loads TensorFlow for CUDA and computes with it, in a separate process. If it aborts, that ends only
 * this process.
 *
 *     deno run -A try_gpu.ts FILES      FILES is `CudaFiles` as JSON; prints `TriedGpu` as a JSON line
 */
import "../../no_debugger.ts";
import { cudaFilesSchema } from "./files.ts";
import { loadCuda } from "./load.ts";
import type { TriedGpu } from "./verify.ts";

const [files] = Deno.args;
if (files === undefined) throw new Error("the first argument must be the engine's files");
const { tf, device } = await loadCuda(cudaFilesSchema.parse(JSON.parse(files)));
const [sum] = tf.tidy(() => tf.sum(tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]))).dataSync());
if (sum !== 60) throw new Error(`TensorFlow computed ${sum} instead of 60`);
// The line break ends what a library may have printed without one.
console.log(`\n${JSON.stringify({ device } satisfies TriedGpu)}`);

/**
 * A process of its own that loads an addon and computes with it: what cannot work here (a processor without AVX, a C
 * library that is too old) ends this process, not the one that asks.
 *
 *     deno run -A try_addon.ts ADDON      prints TensorFlow's version
 */
import { loadTensorflow } from "./load.ts";

const [addon = ""] = Deno.args;
const { tf, version } = await loadTensorflow({ kind: "tensorflow", version: "", addon, device: "cpu" });
const [sum] = tf.tidy(() => tf.sum(tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]))).dataSync());
if (sum !== 60) throw new Error(`TensorFlow computed ${sum} instead of 60`);
console.log(version);

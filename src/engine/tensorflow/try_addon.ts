/**
 * A program that loads an addon and computes with it, in a separate process. If the addon does not work on this machine
 * (the processor has no AVX, the C library is too old, libraries of a GPU build are missing), the crash ends only this
 * process.
 *
 *     deno run -A try_addon.ts ADDON      prints `Tried` as a JSON line
 */
import "../../no_debugger.ts";
import { loadAddon } from "./node/load.ts";
import type { Tried } from "./verify.ts";

const [addon] = Deno.args;
if (addon === undefined) throw new Error("the first argument must be the path of an addon");
const { tf, version, device } = await loadAddon(addon);
const [sum] = tf.tidy(() => tf.sum(tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]))).dataSync());
if (sum !== 60) throw new Error(`TensorFlow computed ${sum} instead of 60`);
console.log(JSON.stringify({ version, device } satisfies Tried));

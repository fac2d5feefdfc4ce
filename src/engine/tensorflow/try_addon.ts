/**
 * A process of its own that loads an addon and computes with it. What cannot work on this machine (a processor without
 * AVX, a C library that is too old, a GPU build with half of its libraries) ends this process, not the one that asks.
 *
 *     deno run -A try_addon.ts ADDON      prints `Tried` as a JSON line
 */
import "../../no_debugger.ts";
import { loadAddon } from "./load.ts";
import type { Tried } from "./verify.ts";

const [addon] = Deno.args;
if (addon === undefined) throw new Error("the addon to try is the first argument");
const { tf, version, device } = await loadAddon(addon);
const [sum] = tf.tidy(() => tf.sum(tf.matMul(tf.ones([3, 4]), tf.ones([4, 5]))).dataSync());
if (sum !== 60) throw new Error(`TensorFlow computed ${sum} instead of 60`);
console.log(JSON.stringify({ version, device } satisfies Tried));

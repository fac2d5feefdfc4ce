/** Frees all but every tenth of some arrays, and prints how much memory that gave back to the system, in bytes. */
import { allocateSingly, trimHeap } from "../src/heap.ts";

const ARRAYS = 200;
const BYTES = 1_000_000;

const [how] = Deno.args;
if (how === "singly") allocateSingly(65_536);
let arrays = Array.from({ length: ARRAYS }, () => new Uint8Array(BYTES).fill(1));
const before = Deno.memoryUsage().rss;
arrays = arrays.filter((_, place) => place % 10 === 0);
if (how === "trim") trimHeap();
else {
  const { gc } = globalThis as { readonly gc?: () => void };
  // The second collection waits until the arrays that the first one found are freed.
  gc?.();
  gc?.();
}
console.log(JSON.stringify({ freed: before - Deno.memoryUsage().rss, kept: arrays.length }));

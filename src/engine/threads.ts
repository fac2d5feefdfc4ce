/** How many threads TensorFlow takes for one op. It reads this once, when it is loaded. */

const VARIABLE = "TF_NUM_INTRAOP_THREADS";

/** For the engine that this process will load. Whoever has set the variable knows why: it stays. */
export function preferThreads(count: number): void {
  if (Deno.env.get(VARIABLE) === undefined) Deno.env.set(VARIABLE, String(count));
}

/** The number of threads that TensorFlow takes for one op. It reads it once, when it is loaded. */

const VARIABLE = "TF_NUM_INTRAOP_THREADS";

/** Sets the number for the engine that this process will load. A variable that the person has set stays. */
export function preferThreads(count: number): void {
  if (Deno.env.get(VARIABLE) === undefined) Deno.env.set(VARIABLE, String(count));
}

/** Returns the number, once `preferThreads` has been called. */
export function threadsPerOp(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
  cores: number = navigator.hardwareConcurrency,
): number {
  const count = Number(env(VARIABLE));
  // TensorFlow takes 0, and what is no number, for one thread a core.
  return Number.isInteger(count) && count > 0 ? count : cores;
}

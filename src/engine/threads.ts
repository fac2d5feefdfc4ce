/**
 * The number of threads that TensorFlow uses for one op. TensorFlow reads it from the environment once, when it is
 * loaded.
 */

const VARIABLE = "TF_NUM_INTRAOP_THREADS";

/** Sets the number for the engine that this process will load. Does not change a variable that the person has set. */
export function preferThreads(count: number): void {
  if (Deno.env.get(VARIABLE) === undefined) Deno.env.set(VARIABLE, String(count));
}

/** Returns the number that TensorFlow uses. Call `preferThreads` first. */
export function threadsPerOp(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
  cores: number = navigator.hardwareConcurrency,
): number {
  const count = Number(env(VARIABLE));
  // TensorFlow uses one thread per core if the variable is 0 or not a number.
  return Number.isInteger(count) && count > 0 ? count : cores;
}

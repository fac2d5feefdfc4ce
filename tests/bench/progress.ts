/** Prints the bench's progress on standard error, so that standard output contains only the result. */

/** Receives one line about what is being done. */
export type Say = (line: string) => void;

export const saysNothing: Say = () => {};

/** Returns a function that prints lines with the time since the bench began, in whole seconds. */
export function sayOnStderr(startedMs: number = performance.now()): Say {
  return (line) => console.error(`[${((performance.now() - startedMs) / 1000).toFixed(0).padStart(5)} s] ${line}`);
}

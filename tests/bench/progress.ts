/** What the bench says while it works: on standard error, so that standard output is the result and nothing else. */

/** Is told in one line what is being done. */
export type Say = (line: string) => void;

export const saysNothing: Say = () => {};

/** Lines with the time since the bench began, in whole seconds. */
export function sayOnStderr(startedMs: number = performance.now()): Say {
  return (line) => console.error(`[${((performance.now() - startedMs) / 1000).toFixed(0).padStart(5)} s] ${line}`);
}

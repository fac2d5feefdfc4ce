/** `--from`: finds the run whose weights a new run starts with. */
import type { RunOptions } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { runOrLatest } from "./find.ts";

/**
 * Returns the options with the folder of the run that `--from` names.
 * @throws HeadlightError (2) if there is no such run or it is broken
 */
export function withFromFolder(options: RunOptions): RunOptions {
  const { from, runs } = options;
  if (from === undefined) return options;
  try {
    return { ...options, from: runOrLatest(from, runs).path };
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    throw new HeadlightError(`--from ${from}: ${error.message}`, error.exitStatus, { cause: error });
  }
}

/**
 * Returns the options with which a run goes on, which was begun with `before`. The run whose weights it started with
 * may be gone by now; then its name or path is enough to recognize it.
 */
export function withSameFrom(options: RunOptions, before: RunOptions): RunOptions {
  const { from } = options;
  if (from === undefined || from === before.from) return options;
  try {
    return withFromFolder(options);
  } catch (error) {
    if (!(error instanceof HeadlightError) || before.from?.endsWith(`/${from}`) !== true) throw error;
    return { ...options, from: before.from };
  }
}

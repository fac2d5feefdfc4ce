/** The argument that names a run in the commands that messages suggest. */
import { dirname, join, relative, sep } from "node:path";
import { DEFAULT_RUNS } from "../../config.ts";
import { fromCaller } from "../../paths.ts";
import { shellWord } from "../../shell.ts";
import type { RunDirectory } from "./directory.ts";
import { LATEST } from "./find_run.ts";

type Named = Pick<RunDirectory, "id" | "path">;

/** Returns the argument for a command that is typed in the caller's working directory, as a word of a shell. */
export function runArgument(run: Named): string {
  return argumentFrom(run, fromCaller(DEFAULT_RUNS));
}

/**
 * Returns the id of a run in the default folder of runs. Of another one it returns the path, from the working directory
 * if the run is below it.
 *
 * @param runs the default folder of runs, which is in the working directory
 */
export function argumentFrom({ id, path }: Named, runs: string): string {
  if (path === join(runs, id) && id !== LATEST && !id.startsWith("-")) return shellWord(id);
  const below = relative(dirname(runs), path);
  const isShort = below.includes(sep) && !below.startsWith("..") && !/^[-~]/.test(below);
  return shellWord(isShort ? below : path);
}

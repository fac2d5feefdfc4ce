/** The option that names a folder of runs in the commands that messages suggest. */
import { DEFAULT_RUNS } from "../../config.ts";
import { fromCaller } from "../../paths.ts";
import { shellWord } from "../../shell.ts";

/**
 * Returns ` --runs FOLDER`, or nothing for the default folder. Without it, a suggested command would look for the runs
 * in the default folder.
 *
 * @param folder an absolute path
 */
export function runsFlag(folder: string): string {
  return folder === fromCaller(DEFAULT_RUNS) ? "" : ` --runs ${shellWord(folder)}`;
}

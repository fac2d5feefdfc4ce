/** Which run a command means. */
import { callerDirectory, fromCaller } from "../paths.ts";
import { isLiveOrStarting } from "../run/control/attach.ts";
import { findRun, listRuns, type RunDirectory } from "../run/folder/directory.ts";
import { HeadlightError } from "../errors.ts";

/** `wanted`, else the newest run. */
export function runOrLatest(wanted: string | undefined, runs: string): RunDirectory {
  return findRun(wanted ?? "latest", fromCaller(runs), callerDirectory());
}

/** `wanted` if it is live, else the newest live run. @throws HeadlightError (2) where there is none to take commands. */
export function liveRun(wanted: string | undefined, runs: string): RunDirectory {
  if (wanted !== undefined) {
    const run = runOrLatest(wanted, runs);
    if (!isLiveOrStarting(run)) {
      throw new HeadlightError(`run ${run.id} is over: no trainer is there to take it`);
    }
    return run;
  }
  const folder = fromCaller(runs);
  const live = listRuns(folder).find(isLiveOrStarting);
  if (!live) throw new HeadlightError(`no live run in ${folder}: name one, or its folder with --runs`);
  return live;
}

/** Which run a command means. */
import { existsSync } from "node:fs";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun, listRuns, SeveralRunsError } from "../run/folder/find_run.ts";
import { refuseBroken } from "../run/overview/read_overview.ts";
import { hasTrainer } from "../run/owner/custody.ts";
import { HeadlightError } from "../errors.ts";

/** Returns `wanted`, else the newest run. @throws HeadlightError (2) if there is none or it is broken */
export function runOrLatest(wanted: string | undefined, runs: string): RunDirectory {
  const run = findRun(wanted ?? "latest", fromCaller(runs), callerDirectory());
  refuseBroken(run);
  return run;
}

/** Whether a command would find a run by this name, broken or not, or several. */
export function isRunName(wanted: string, runs: string): boolean {
  try {
    findRun(wanted, fromCaller(runs), callerDirectory());
    return true;
  } catch (error) {
    if (error instanceof HeadlightError) return error instanceof SeveralRunsError;
    throw error;
  }
}

/**
 * Returns `wanted` if it has a trainer, or will have one in a moment, else the newest such run.
 * @param purpose what the command is for
 * @throws HeadlightError (2) if there is none to take commands
 */
export function liveRun(wanted: string | undefined, runs: string, purpose: "stop" | "save"): RunDirectory {
  if (wanted !== undefined) {
    const run = runOrLatest(wanted, runs);
    if (!hasTrainer(run)) throw new HeadlightError(notRunning(run, purpose));
    return run;
  }
  const folder = fromCaller(runs);
  const live = listRuns(folder).find(hasTrainer);
  if (!live) throw new HeadlightError(`no run in ${folder} is running. Name a run, or its folder with --runs`);
  return live;
}

function notRunning({ id, checkpoints }: RunDirectory, purpose: "stop" | "save"): string {
  const saved = existsSync(checkpoints) ? `. What was saved is in ${checkpoints}` : "";
  return `run ${id} is not running, so there is nothing to ${purpose}${purpose === "save" ? saved : ""}`;
}

/** Returns the runs without those that were named twice, in another way perhaps. */
export function distinctRuns(runs: readonly RunDirectory[]): RunDirectory[] {
  return [...new Map(runs.map((run) => [Deno.realPathSync(run.path), run])).values()];
}

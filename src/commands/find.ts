/** Finds the run that a command is about. */
import { existsSync } from "node:fs";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun, listRuns, SeveralRunsError } from "../run/folder/find_run.ts";
import { refuseBroken } from "../run/overview/read_overview.ts";
import { hasTrainer } from "../run/owner/custody.ts";
import { HeadlightError } from "../errors.ts";

/** Returns the run that was named, or the newest one. @throws HeadlightError (2) if there is none or it is broken */
export function runOrLatest(wanted: string | undefined, runs: string): RunDirectory {
  const run = findRun(wanted ?? "latest", fromCaller(runs), callerDirectory());
  refuseBroken(run);
  return run;
}

/** Returns whether a command would find one or several runs by this name, broken or not. */
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
 * Returns the run that was named, or the newest one with a trainer. A trainer that is just starting counts.
 * @param purpose what the command is for
 * @throws HeadlightError (2) if there is no run that takes commands
 */
export function liveRun(wanted: string | undefined, runs: string, purpose: "stop" | "save"): RunDirectory {
  if (wanted !== undefined) {
    const run = runOrLatest(wanted, runs);
    if (!hasTrainer(run)) throw new HeadlightError(notRunning(run, purpose));
    return run;
  }
  const folder = fromCaller(runs);
  const live = listRuns(folder).find(hasTrainer);
  if (!live) throw new HeadlightError(`No run in ${folder} is running. Name a run, or another folder with --runs.`);
  return live;
}

function notRunning({ id, checkpoints }: RunDirectory, purpose: "stop" | "save"): string {
  const saved = existsSync(checkpoints) ? `. Saved checkpoints are in ${checkpoints}` : "";
  return `Run ${id} is not running, so there is nothing to ${purpose}${purpose === "save" ? saved : ""}`;
}

/** Returns the runs without duplicates, which may have been named in different ways. */
export function distinctRuns(runs: readonly RunDirectory[]): RunDirectory[] {
  return [...new Map(runs.map((run) => [Deno.realPathSync(run.path), run])).values()];
}

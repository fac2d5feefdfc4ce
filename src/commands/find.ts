/** Finds the run that a command is about. */
import { existsSync } from "node:fs";
import { named } from "../counted.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import { storyGoesOn } from "../dashboard/summary/run_card.ts";
import type { Command } from "../protocol.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun, listRuns, SeveralRunsError } from "../run/folder/find_run.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { readOverview, refuseBroken } from "../run/overview/read_overview.ts";
import { custodyOf, hasTrainer } from "../run/owner/custody.ts";
import { HeadlightError } from "../errors.ts";
import { stripControl } from "../text.ts";
import { readStory } from "./run_story.ts";

/** Returns the run that was named, or the newest one. @throws HeadlightError (2) if there is none or it is broken */
export function runOrLatest(wanted: string | undefined, runs: string): RunDirectory {
  const run = findRun(wanted ?? "latest", fromCaller(runs), callerDirectory());
  refuseBroken(run);
  return run;
}

/**
 * Returns the run that was named. Without a name, returns the newest one that the command can use, and says which newer
 * ones it passed over. If it can use none, returns the newest one, so that the command says what that one lacks.
 *
 * @param lackOf returns what a run lacks, such as `no checkpoint best`, or null
 * @throws HeadlightError (2) if there is no such run or it is broken
 */
export function runOrNewestUsable(
  wanted: string | undefined,
  runs: string,
  lackOf: (run: RunDirectory) => string | null,
  say: (line: string) => void,
): RunDirectory {
  if (wanted !== undefined) return runOrLatest(wanted, runs);
  const passedOver: string[] = [];
  for (const run of listRuns(fromCaller(runs))) {
    const lack = isBroken(run) ? "broken" : lackOf(run);
    if (lack === null) {
      if (passedOver.length > 0) say(stripControl(`Using run ${run.id}. Newer, but passed over: ${named(passedOver)}`));
      return run;
    }
    passedOver.push(`${run.id} (${lack})`);
  }
  return runOrLatest(undefined, runs);
}

function isBroken(run: RunDirectory): boolean {
  try {
    refuseBroken(run);
    return false;
  } catch (error) {
    if (error instanceof HeadlightError) return true;
    throw error;
  }
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
 * @param command the command for the run
 * @throws HeadlightError (2) if there is no run that takes commands
 */
export function liveRun(wanted: string | undefined, runs: string, command: Command["type"]): RunDirectory {
  if (wanted !== undefined) {
    const run = runOrLatest(wanted, runs);
    if (!hasTrainer(run)) throw new HeadlightError(notRunning(run, command));
    return run;
  }
  const folder = fromCaller(runs);
  const live = listRuns(folder).filter(hasTrainer);
  // A claim of another host may be that of a dead trainer.
  const sure = live.filter((run) => custodyOf(run).kind !== "claimed");
  const found = sure.find((run) => waitsFor(run, command)) ?? sure[0] ?? live[0];
  if (!found) throw new HeadlightError(noneRunning(folder, command));
  return found;
}

/** Whether a command would change something: a paused run cannot be paused, and only such a run can be resumed. */
function waitsFor(run: RunDirectory, command: Command["type"]): boolean {
  if (command !== "pause" && command !== "resume") return true;
  return readOverview(run).paused === (command === "resume");
}

function noneRunning(folder: string, command: Command["type"]): string {
  const none = `No run in ${folder} is running.`;
  return command === "resume"
    ? `${none} To go on with a run from its last checkpoint: deno task train --resume RUN${runsFlag(folder)}`
    : `${none} Name a run, or another folder with --runs.`;
}

function notRunning(run: RunDirectory, command: Command["type"]): string {
  const { id, checkpoints } = run;
  const not = `Run ${id} is not running`;
  switch (command) {
    case "stop":
    case "pause":
      return `${not}, so there is nothing to ${command}`;
    case "checkpoint": {
      const saved = existsSync(checkpoints) ? `. Saved checkpoints are in ${checkpoints}` : "";
      return `${not}, so there is nothing to save${saved}`;
    }
    case "resume": {
      const story = readStory(run);
      const goesOn = storyGoesOn(story);
      if (goesOn === null) return `${not}, and it cannot go on. To see why: deno task summary ${runArgument(run)}`;
      return story.overview.extendable
        ? `${not}, because it has finished. To train for more epochs: ${goesOn}`
        : `${not}. To go on from its last checkpoint: ${goesOn}`;
    }
  }
}

/** Returns the runs without duplicates, which may have been named in different ways. */
export function distinctRuns(runs: readonly RunDirectory[]): RunDirectory[] {
  return [...new Map(runs.map((run) => [Deno.realPathSync(run.path), run])).values()];
}

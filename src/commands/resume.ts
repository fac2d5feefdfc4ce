/** `train --resume` and `--resume-or-start`: go on with a run, in its own folder. */
import type { RunOptions } from "../config.ts";
import { count, counted } from "../counted.ts";
import { HeadlightError } from "../errors.ts";
import { stayMs } from "../dashboard/session/stay.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun, listRuns } from "../run/folder/find_run.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { checkRunName } from "../run/folder/run_name.ts";
import { checkResume, isFinished, type Wanted } from "./check_resume.ts";
import type { TrainCommandFlags } from "./command_flags.ts";
import { complain, print } from "./output.ts";
import type { ResumeFlags } from "./resume_flags.ts";
import { basesOf, runsToStart } from "./series_options.ts";
import { showTrainer, train } from "./train.ts";
import { checkOptions, type GivenOptions, givenOptions } from "./train_options.ts";
import { viewHere } from "./view_run.ts";

/**
 * Goes on with a run and shows it. Returns the exit status; 0 without training for a run that has finished.
 * @throws HeadlightError (2) if there is no such run, if it cannot go on, or if an option may not change
 */
export async function resume(collected: Record<string, unknown>, flags: ResumeFlags): Promise<number> {
  const given = givenOptions(collected);
  const { view } = given;
  refuseSeries(given, flags);
  const { runs, name } = whereToLook(given);
  if (flags.orStart && name === undefined) {
    throw new HeadlightError("--resume-or-start needs --name, by which it finds the run. Add --name.");
  }
  const { run, finished, broken } = flags.wanted !== null
    ? { run: findRun(flags.wanted, fromCaller(runs), callerDirectory()), finished: 0, broken: [] }
    : await newestUnfinished(runs, flags.orStart ? name : undefined);
  if (run === null && flags.orStart) {
    checkRunName(name, fromCaller(runs));
    const { list: [first], taken } = await runsToStart(collected);
    const [newestBroken] = broken;
    complain(
      newestBroken === undefined
        ? `No run is called ${name} yet, so it is started.`
        : `No run called ${name} can go on, because ${brokenText(broken.length)}, so a new one is started. ${
          seeWhy(newestBroken)
        }`,
    );
    if (taken !== null && viewHere(view) !== "json") complain(taken);
    if (!view.detach) return await train(first, view);
    const { trainDetached } = await import("./train_detached.ts");
    return await trainDetached(first, view, print);
  }
  if (run === null) throw new HeadlightError(nothingToResume(fromCaller(runs), finished, broken));
  return await goOnWith({ run, given, allowed: flags.allowed }, view);
}

/** A run that goes on has one base, even if it was one of a series. */
function refuseSeries(given: GivenOptions, { orStart }: ResumeFlags): void {
  const bases = basesOf(given);
  if (bases.length < 2) return;
  const [flag, remedy] = orStart
    ? ["--resume-or-start", "Name one of them."]
    : ["--resume", "Remove --base: the run keeps its own."];
  throw new HeadlightError(`--base ${bases.join(",")}: ${flag} goes on with one run, which has one base. ${remedy}`);
}

/** Goes on with a run and shows it. Returns the exit status, see `resume`. */
export async function goOnWith(wanted: Wanted, view: TrainCommandFlags): Promise<number> {
  const { run } = wanted;
  const check = await checkResume(wanted, complain);
  if (check.kind === "finished") {
    const say = viewHere(view) === "json" ? complain : print;
    say(check.text);
    return 0;
  }
  const { found, resume, after, place } = check;
  const request = { run, found, flags: view, resume, after };
  // The trainer says the place to viewers, once it owns the run.
  if (view.detach) {
    const { detach } = await import("./train_detached.ts");
    return await detach({ ...request, place }, print);
  }
  return (await showTrainer({ ...request, stayMs: stayMs(view, (variable) => Deno.env.get(variable)) })).status;
}

/** Returns where to look for a run, and its name. The other options are checked with those of the run that is found. */
function whereToLook({ flags, file, path }: GivenOptions): Pick<RunOptions, "runs" | "name"> {
  const only = (named: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(named).filter(([name]) => name === "runs" || name === "name"));
  return checkOptions({ flags: only(flags), file: only(file), path });
}

interface Unfinished {
  /** Null if there is none. */
  readonly run: RunDirectory | null;
  /** How many runs have finished. */
  readonly finished: number;
  /** The broken runs, the newest first. */
  readonly broken: readonly RunDirectory[];
}

/**
 * Finds the newest run that did not finish and has no trainer, else the newest that is being trained. Of runs with a
 * name, the newest that has finished comes last: a script that is started once more must not train it again.
 */
export async function newestUnfinished(runs: string, name: string | undefined): Promise<Unfinished> {
  const { readOverview } = await import("../run/overview/read_overview.ts");
  const all = listRuns(fromCaller(runs)).map((run) => ({ run, overview: readOverview(run) }))
    .filter(({ overview }) => name === undefined || overview.name === name);
  const isBroken = ({ overview }: typeof all[number]) => overview.status === "broken";
  const sound = all.filter((one) => !isBroken(one));
  const unfinished = sound.filter(({ overview }) => !isFinished(overview));
  const resting = unfinished.find(({ overview }) => overview.status !== "live");
  return {
    run: (resting ?? unfinished[0] ?? (name === undefined ? undefined : sound[0]))?.run ?? null,
    finished: sound.length - unfinished.length,
    broken: all.filter(isBroken).map(({ run }) => run),
  };
}

/** @param folder the folder of the runs, as an absolute path */
function nothingToResume(folder: string, finished: number, broken: readonly RunDirectory[]): string {
  if (finished + broken.length === 0) {
    return `There are no runs in ${folder}, so there is nothing to resume. Start one with deno task train, or name ` +
      "another folder with --runs.";
  }
  const extend = `To extend one, name it: deno task train --resume RUN --epochs 60${runsFlag(folder)}. `;
  const [newest] = broken;
  const state = newest === undefined
    ? `All runs in ${folder} have finished`
    : finished === 0
    ? `No run in ${folder} can go on, because ${brokenText(broken.length)}`
    : `Of the ${count(finished + broken.length)} runs in ${folder}, ` +
      `${counted(finished, "has", "have")} finished and ${counted(broken.length, "is", "are")} broken`;
  return `${state}, so there is nothing to resume. ${newest === undefined ? "" : `${seeWhy(newest)}. `}` +
    `${finished === 0 ? "" : extend}To start one: deno task train`;
}

/** Returns what is wrong if all of these runs are broken. */
function brokenText(number: number): string {
  return number === 1 ? "the only one is broken" : `all ${count(number)} are broken`;
}

/** Returns the command that says why a run is broken, as a sentence without its period. */
function seeWhy(run: RunDirectory): string {
  return `To see why: deno task summary ${runArgument(run)}`;
}

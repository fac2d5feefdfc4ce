/** `train --resume` and `--resume-or-start`: go on with a run, in its own folder. */
import { HeadlightError } from "../errors.ts";
import { stayMs } from "../dashboard/session/stay.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun, listRuns } from "../run/folder/find_run.ts";
import { runsFlag } from "../run/folder/runs_flag.ts";
import { checkRunName } from "../run/folder/run_name.ts";
import { checkResume, isFinished, type Wanted } from "./check_resume.ts";
import type { TrainCommandFlags } from "./command_flags.ts";
import { complain, print } from "./output.ts";
import type { ResumeFlags } from "./resume_flags.ts";
import { runsToStart } from "./series_options.ts";
import { showTrainer, train } from "./train.ts";
import { checkOptions, givenOptions } from "./train_options.ts";
import { viewHere } from "./view_run.ts";

/**
 * Goes on with a run and shows it. Returns the exit status; 0 without training for a run that has finished.
 * @throws HeadlightError (2) if there is no such run, if it cannot go on, or if an option may not change
 */
export async function resume(collected: Record<string, unknown>, flags: ResumeFlags): Promise<number> {
  const given = givenOptions(collected);
  const { view } = given;
  const { runs, name } = checkOptions({ ...given, flags: { ...given.flags } });
  if (flags.orStart && name === undefined) {
    throw new HeadlightError("--resume-or-start needs --name, by which it finds the run. Add --name.");
  }
  const run = flags.wanted !== null
    ? findRun(flags.wanted, fromCaller(runs), callerDirectory())
    : await newestUnfinished(runs, flags.orStart ? name : undefined);
  if (run === null && flags.orStart) {
    checkRunName(name, fromCaller(runs));
    const { list: [first], taken } = await runsToStart(collected);
    complain(`No run is called ${name} yet, so it is started.`);
    if (taken !== null && viewHere(view) !== "json") complain(taken);
    if (!view.detach) return await train(first, view);
    const { trainDetached } = await import("./train_detached.ts");
    return await trainDetached(first, view, print);
  }
  if (run === null) throw new HeadlightError(nothingToResume(runs));
  return await goOnWith({ run, given, allowed: flags.allowed }, view);
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

/**
 * Returns the newest run that did not finish and has no trainer, else the newest that is being trained. Of runs with a
 * name, the newest that has finished comes last: a script that is started once more must not train it again. Null if
 * there is none.
 */
async function newestUnfinished(runs: string, name: string | undefined): Promise<RunDirectory | null> {
  const { readOverview } = await import("../run/overview/read_overview.ts");
  const all = listRuns(fromCaller(runs)).map((run) => ({ run, overview: readOverview(run) }))
    .filter(({ overview }) => name === undefined || overview.name === name)
    .filter(({ overview }) => overview.status !== "broken");
  const unfinished = all.filter(({ overview }) => !isFinished(overview));
  const resting = unfinished.find(({ overview }) => overview.status !== "live");
  return (resting ?? unfinished[0] ?? (name === undefined ? undefined : all[0]))?.run ?? null;
}

function nothingToResume(runs: string): string {
  const folder = fromCaller(runs);
  if (listRuns(folder).length === 0) {
    return `There are no runs in ${folder}, so there is nothing to resume. Start one with deno task train, or name ` +
      "another folder with --runs.";
  }
  return `All runs in ${folder} have finished, so there is nothing to resume. To extend one, name it: ` +
    `deno task train --resume RUN --epochs 60${runsFlag(folder)}. To start one: deno task train`;
}

/** `train --resume` and `--resume-or-start`: go on with a run, in its own folder. */
import type { RunOptions } from "../config.ts";
import { HeadlightError } from "../errors.ts";
import { stayMs } from "../dashboard/session/stay.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import { newestCheckpoint } from "../run/checkpoints/newest_checkpoint.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun, listRuns } from "../run/folder/find_run.ts";
import { readRunConfig, type RunConfig } from "../run/folder/run_config.ts";
import { lastSeq } from "../run/log/event_log.ts";
import type { Overview } from "../run/overview/overview.ts";
import { readOverview, refuseBroken } from "../run/overview/read_overview.ts";
import { refuseOwned } from "../run/owner/claim.ts";
import { preflight } from "../run/preflight.ts";
import { namedDifferences, optionDifferences, refuseDifferences } from "../run/resume/changes.ts";
import { nothingLeft } from "../run/resume/nothing_left.ts";
import { placeOf } from "../run/resume/restore.ts";
import { placeText } from "../run/resume_events.ts";
import { smallerLearningRate } from "../run/repeat.ts";
import { sameChoices } from "../run/same_choices.ts";
import { earlyStoppingOptions } from "../run/training_options.ts";
import { shellWord } from "../shell.ts";
import { complain, print } from "./output.ts";
import type { ResumeFlags } from "./resume_flags.ts";
import { seriesOptions } from "./series_options.ts";
import { showTrainer, train } from "./train.ts";
import { detach, trainDetached } from "./train_detached.ts";
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
    : newestUnfinished(runs, flags.orStart ? name : undefined);
  if (run === null && flags.orStart) {
    complain(`No unfinished run is called ${name}, so it is started.`);
    const { list: [first] } = seriesOptions(collected);
    return view.detach ? await trainDetached(first, view, print) : await train(first, view);
  }
  if (run === null) throw new HeadlightError(nothingToResume(runs));
  refuseBroken(run);
  await refuseOwned(run, { say: complain });
  const before = readRunConfig(run.config);
  const options = checkOptions({ ...given, flags: { ...before.options, ...given.file, ...given.flags }, file: {} });
  const named = before.resolved === null ? [] : namedDifferences(before.resolved, options);
  refuseDifferences(run.id, [...optionDifferences(before.options, options), ...named], flags.allowed);
  const overview = readOverview(run);
  if (overview.reason === "nan") throw new HeadlightError(nanText(run, before));
  const { sound } = newestCheckpoint(run.checkpoints);
  if (sound && isFinished(overview)) {
    const left = nothingLeft(sound.snapshot, { epochs: options.epochs, earlyStopping: earlyStoppingOptions(options) });
    if (left !== null) {
      const say = viewHere(view) === "json" ? complain : print;
      say(`Run ${run.id} has finished: ${left} To train on: ${extendCommand(run, overview, options)}`);
      return 0;
    }
  }
  const found = await preflight(sameChoices({ config: { ...before, options }, before }));
  const { epoch, step } = placeOf(sound);
  if (viewHere(view) !== "json") complain(`Run ${run.id}: ${placeText(sound?.name ?? null, epoch, step)}`);
  const request = {
    run,
    found,
    flags: view,
    resume: { options, allowed: [...flags.allowed] },
    after: lastSeq(run.events),
  };
  if (view.detach) return await detach(request, print);
  return (await showTrainer({ ...request, stayMs: stayMs(view, (variable) => Deno.env.get(variable)) })).status;
}

/** Returns the newest run that did not finish and has no trainer, else the newest that is being trained, else null. */
function newestUnfinished(runs: string, name: string | undefined): RunDirectory | null {
  const unfinished = listRuns(fromCaller(runs)).map((run) => ({ run, overview: readOverview(run) }))
    .filter(({ overview }) => name === undefined || overview.name === name)
    .filter(({ overview }) => overview.status !== "broken" && !isFinished(overview));
  const resting = unfinished.find(({ overview }) => overview.status !== "live");
  return (resting ?? unfinished[0])?.run ?? null;
}

function isFinished({ reason }: Pick<Overview, "reason">): boolean {
  return reason === "completed" || reason === "early_stopping" || reason === "nan";
}

function nothingToResume(runs: string): string {
  return `All runs in ${fromCaller(runs)} have finished, so there is nothing to resume. To extend one, name it: ` +
    "deno task train --resume RUN --epochs 60. To start one: deno task train";
}

function extendCommand(run: RunDirectory, { reason }: Overview, { epochs, patience }: RunOptions): string {
  const more = reason === "early_stopping" ? `--patience ${Math.max(1, patience * 2)}` : `--epochs ${epochs * 2}`;
  return `deno task train --resume ${shellWord(run.path)} ${more}`;
}

function nanText({ id }: RunDirectory, { options: { learning_rate: rate } }: RunConfig): string {
  return `Run ${id} ended because its loss was not a number, so it cannot go on. Start a new run with ` +
    `--learning-rate ${smallerLearningRate(rate)}; this one used ${rate}.`;
}

/** The texts of the progress pane. */
import { basename } from "node:path";
import { END_WORDS, epochText, isReading } from "../run_text/describe.ts";
import { currentProgress, epochFraction, timeLeft } from "../run_text/eta.ts";
import { count } from "../../counted.ts";
import { amount, duration, elapsed, figure, rate } from "../text/formats.ts";
import { stringWidth } from "../text/width.ts";
import { diskProblemText, roomText } from "../../disk.ts";
import type { EventOf } from "../../events.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { RoomWait } from "../../run_state/state_parts.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";
import { type MetricName, METRICS } from "../../metrics.ts";

/** The minimum duration of epochs whose steps are shown. */
const FOLLOWED_SECONDS = 1;

/** The columns of the pane on small screens. */
const NARROWEST = 38;

export interface ProgressText {
  readonly title: string;
  /** The share that is done, from 0 to 1, or null if unknown. */
  readonly share: number | null;
  /** The parts of each line, the most important first. */
  readonly lines: readonly (readonly string[])[];
  /** A text below the lines, which may wrap. */
  readonly detail?: string;
}

/** Returns the title of the progress pane, the share that is done, and its lines. */
export function progressText(state: DashboardState): ProgressText {
  const { run, view } = state;
  if (run.end) return endText(run, run.end);
  if (view.lost) return lostText(state);
  // The phase is still that of the session before.
  if (view.goOn !== null) return { title: "Resuming", share: null, lines: [["starting the trainer"]] };
  if (run.waitsFor) return waitText(state, run.waitsFor);
  return run.phase?.name === "train" ? trainingText(state) : workText(state);
}

function trainingText(state: DashboardState): ProgressText {
  const { epochs, facts, progress, control } = state.run;
  const planned = facts?.epochs ?? 0;
  const done = epochs.length + epochFraction(epochs.length, progress);
  const last = epochs.at(-1);
  // The steps of faster epochs change too fast to read, unless the run is paused.
  const followed = !last || last.seconds >= FOLLOWED_SECONDS || control === "paused";
  const current = followed ? currentProgress(epochs.length, progress) : null;
  const step = current?.total ? [`step ${count(current.done)}/${count(current.total)}`] : [];
  const pace = last ? [`${duration(last.seconds)} per epoch`] : [];
  const speed = progress?.phase === "train" && progress.per_second !== null
    ? [rate(progress.per_second, progress.unit)]
    : [];
  const means = current ? meansText("this epoch", current) : last && !followed ? meansText("last epoch", last) : [];
  return {
    title: "Training",
    share: planned > 0 ? done / planned : null,
    lines: [[epochText(state.run) ?? "", ...step], [leftText(state), ...pace, ...speed], ...means],
  };
}

/** Returns the training means of an epoch, or of its part that is done. Returns nothing if there are none yet. */
function meansText(which: string, figures: { readonly [name in MetricName]?: number | null | undefined }): string[][] {
  const means = METRICS.flatMap(({ name }) => {
    const mean = figures[name];
    return mean === undefined ? [] : [`${name} ${figure(mean)}`];
  });
  const [first, ...rest] = means;
  return first === undefined ? [] : [[`${which}: ${first}`, ...rest]];
}

function workText(state: DashboardState): ProgressText {
  const { phase, progress, setup } = state.run;
  const title = isReading(state) ? "Reading" : phase?.name === "extract" ? "Computing features" : "Preparing";
  if (!progress) return { title, share: null, lines: [beginning(state, phase?.startedAt)] };
  const { done, total, unit, per_second: perSecond, cached, label } = progress;
  if (!isMeasured(progress)) {
    const step = setup.find((one) => one.label === label);
    const doneText = done > 0 ? [amount(done, 0, unit)] : [];
    return {
      title,
      share: null,
      lines: label === undefined
        ? [beginning(state, undefined), doneText]
        : [[label], [...doneText, ...pausedOrSince(state, step?.startedAt)]],
    };
  }
  const speed = perSecond === null ? [] : [rate(perSecond, unit)];
  const fromCache = cached ? [`${count(cached)} cached`] : [];
  const what = label === undefined ? [] : [[label]];
  return {
    title,
    share: done / total,
    lines: [...what, [amount(done, total, unit), ...fromCache], [leftText(state), ...speed]],
  };
}

/** Returns whether a step has measurable progress. A step with only the states "running" and "done" has none. */
export function isMeasured({ total, unit }: Pick<EventOf<"progress">, "total" | "unit">): boolean {
  return total > 1 || (total === 1 && unit !== "steps");
}

/** Returns the texts before the first progress event. A paused run does not begin anything. */
function beginning(state: DashboardState, startedAt: number | undefined): string[] {
  const { run, view } = state;
  if (run.control === "paused") return ["paused"];
  if (isReading(state)) return ["reading the run"];
  const what = view.live === null
    ? "starting the trainer"
    : run.phase?.name === "extract"
    ? "starting to compute features"
    : "preparing the run";
  return [what, ...sinceText(state, startedAt)];
}

function pausedOrSince(state: DashboardState, startedAt: number | undefined): string[] {
  return state.run.control === "paused" ? ["paused"] : sinceText(state, startedAt);
}

/** Returns how long a step has been running, by the clock of the header. Returns nothing in its first second. */
export function sinceText({ view }: { view: Pick<ViewState, "now"> }, startedAt: number | undefined): string[] {
  const seconds = startedAt === undefined ? 0 : (view.now - startedAt) / 1000;
  return seconds < 1 ? [] : [`for ${elapsed(seconds)}`];
}

function leftText(state: DashboardState): string {
  if (state.run.control === "paused") return "paused";
  if (state.run.control === "stopping") return state.run.phase?.name === "train" ? "stopping and saving" : "stopping";
  const left = timeLeft(state);
  if (left === null) return "estimating time left";
  return left.atMost ? `at most ${duration(left.seconds)} left` : `${duration(left.seconds)} left`;
}

function endText({ facts }: RunState, end: EventOf<"end">): ProgressText {
  const planned = facts?.epochs ?? end.epochs;
  const { total, prepare, extract, train } = end.seconds;
  // The screen names the run already, and a narrow pane has no room for it.
  const refused = end.refused?.replace(`Run ${end.run} `, "");
  const problem = refused === undefined ? end.error : `Not resumed: ${refused}`;
  // The longest parts come first, so that a narrow pane leaves out what took least.
  const parts = [["train", train], ["features", extract], ["prepare", prepare]] as const;
  const told = parts.filter(([what, took]) => what !== "features" || took > 0)
    .toSorted(([, one], [, other]) => other - one).map(([what, took]) => `${what} ${duration(took)}`);
  return {
    title: "Ended",
    // The error message needs the row of the bar.
    share: planned > 0 && problem === undefined ? end.epochs / planned : null,
    lines: [
      endParts(END_WORDS[end.reason], count(end.epochs), count(planned)),
      ...(problem === undefined ? [[`${duration(total)} total`, ...told]] : []),
    ],
    ...(problem === undefined ? {} : { detail: problem }),
  };
}

/** Returns how a run ended, as one sentence if that fits on small screens, otherwise in two parts. */
function endParts(how: string, done: string, planned: string): string[] {
  const sentence = `${how} after ${done} of ${planned} epochs`;
  return stringWidth(sentence) <= NARROWEST ? [sentence] : [how, `${done}/${planned} epochs`];
}

/** Returns what a run waits for that has paused by itself. */
function waitText(state: DashboardState, wait: RoomWait): ProgressText {
  const epoch = epochText(state.run);
  const place = epoch === null ? [] : [epoch];
  return {
    title: "Paused",
    share: null,
    lines: [[diskProblemText(wait.problem), ...sinceText(state, wait.since), ...place], [roomText(wait)], [wait.path]],
    detail: "The run goes on by itself when there is room.",
  };
}

/** A viewer that did not start the trainer cannot know how it ended. */
function lostWords({ lostBy, role }: Pick<ViewState, "lostBy" | "role">): string {
  if (lostBy !== null) return `killed by ${lostBy}`;
  return role === "owner" ? "it exited" : "exited or killed";
}

/** The lines fit into `NARROWEST` columns. */
function lostText({ run, view }: DashboardState): ProgressText {
  const saved = (["best", "last"] as const).flatMap((wanted) => {
    const { path } = run.checkpoints.findLast(({ kind }) => kind === wanted) ?? {};
    return path === undefined ? [] : [`${wanted} ${basename(path)}`];
  });
  const [first, ...others] = saved;
  return {
    title: "Trainer lost",
    share: null,
    lines: [
      [`${lostWords(view)}, see trainer.log`],
      first === undefined ? ["nothing was saved"] : [`saved: ${first}`, ...others],
      ...(view.lostBy === "SIGKILL" ? [["the memory may have run out"]] : []),
    ],
  };
}

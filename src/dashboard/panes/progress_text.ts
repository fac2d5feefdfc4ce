/** What the progress pane says, from the state. */
import { END_WORDS, epochText } from "../run_text/describe.ts";
import { currentProgress, epochFraction, timeLeft } from "../run_text/eta.ts";
import { amount, count, duration, elapsed, figure, rate } from "../text/formats.ts";
import type { EventOf } from "../../events.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";
import { type MetricName, METRICS } from "../../metrics.ts";

/** Epochs from this length on are followed batch by batch. */
const FOLLOWED_SECONDS = 1;

export interface ProgressText {
  readonly title: string;
  /** 0 to 1; null where it cannot be told. */
  readonly share: number | null;
  /** Each line's parts, the most important first. */
  readonly lines: readonly (readonly string[])[];
  /** A text below them, as long as it has to be. */
  readonly detail?: string;
}

/** What the progress pane says: its title, the share that is done, and lines. */
export function progressText(state: DashboardState): ProgressText {
  const { run, view } = state;
  if (run.end) return endText(run, run.end);
  if (view.lost) return lostText();
  return run.phase?.name === "train" ? trainingText(state) : workText(state);
}

function trainingText(state: DashboardState): ProgressText {
  const { epochs, facts, progress, control } = state.run;
  const asked = facts?.epochs ?? 0;
  const done = epochs.length + epochFraction(epochs.length, progress);
  const last = epochs.at(-1);
  // What is said twice a second of faster epochs is over before it can be read, unless the run stands still.
  const followed = !last || last.seconds >= FOLLOWED_SECONDS || control === "paused";
  const current = followed ? currentProgress(epochs.length, progress) : null;
  const batch = current?.total ? [`batch ${count(current.done)}/${count(current.total)}`] : [];
  const pace = last ? [`${duration(last.seconds)} an epoch`] : [];
  const speed = progress?.phase === "train" && progress.per_second !== null
    ? [rate(progress.per_second, progress.unit)]
    : [];
  const means = current ? meansText("this epoch", current) : last && !followed ? meansText("last epoch", last) : [];
  return {
    title: "Training",
    share: asked > 0 ? done / asked : null,
    lines: [[epochText(state.run) ?? "", ...batch], [leftText(state), ...pace, ...speed], ...means],
  };
}

/** The training means of an epoch, or of what is done of it; nothing before there are some. */
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
  const title = phase?.name === "extract" ? "Features of the images" : "Step under way";
  if (!progress) return { title, share: null, lines: [[beginningText(state), ...sinceText(state, phase?.startedAt)]] };
  const { done, total, unit, per_second: perSecond, cached, label } = progress;
  if (!isMeasured(progress)) {
    const step = setup.find((one) => one.label === label);
    const so = done > 0 ? [amount(done, 0, unit)] : [];
    return {
      title,
      share: null,
      lines: [[label ?? beginningText(state)], [...so, ...sinceText(state, step?.startedAt)]],
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

/** Whether a step can say how far it is: one that is done or not cannot. */
export function isMeasured({ total, unit }: Pick<EventOf<"progress">, "total" | "unit">): boolean {
  return total > 1 || (total === 1 && unit !== "steps");
}

/** What is done before there is any progress to tell. */
function beginningText({ run, view }: DashboardState): string {
  if (view.live === null) return "starting the trainer";
  return run.phase?.name === "extract" ? "starting to compute features" : "preparing the run";
}

/** How long a step has been under way, on the clock of the header; nothing in its first second. */
export function sinceText({ view }: { view: Pick<ViewState, "now"> }, startedAt: number | undefined): string[] {
  const seconds = startedAt === undefined ? 0 : (view.now - startedAt) / 1000;
  return seconds < 1 ? [] : [`for ${elapsed(seconds)}`];
}

function leftText(state: DashboardState): string {
  if (state.run.control === "paused") return "paused";
  if (state.run.control === "stopping") return state.run.phase?.name === "train" ? "stopping, saved" : "stopping";
  const left = timeLeft(state);
  if (left === null) return "measuring the pace";
  return left.atMost ? `at most ${duration(left.seconds)} left` : `${duration(left.seconds)} left`;
}

function endText({ facts }: RunState, end: EventOf<"end">): ProgressText {
  const asked = facts?.epochs ?? end.epochs;
  const { total, prepare, extract, train } = end.seconds;
  return {
    title: "Ended",
    // What went wrong needs the bar's row.
    share: asked > 0 && end.error === undefined ? end.epochs / asked : null,
    lines: [
      [`${END_WORDS[end.reason]} after ${count(end.epochs)} of ${count(asked)} epochs`],
      ...(end.error === undefined
        ? [[
          `${elapsed(total)} in all`,
          `train ${duration(train)}`,
          `features ${duration(extract)}`,
          `prepare ${duration(prepare)}`,
        ]]
        : []),
    ],
    ...(end.error === undefined ? {} : { detail: end.error }),
  };
}

function lostText(): ProgressText {
  return {
    title: "Trainer lost",
    share: null,
    lines: [["it exited without finishing the run"], ["what was saved is kept"]],
  };
}

/** What the progress pane says, from the state. */
import { END_WORDS, epochText } from "../run_text/describe.ts";
import { epochFraction, timeLeft } from "../run_text/eta.ts";
import { amount, count, duration, figure, rate } from "../text/formats.ts";
import type { EventOf } from "../../events.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";
import { METRICS } from "../../metrics.ts";

export interface ProgressText {
  readonly title: string;
  /** 0 to 1; null where it cannot be told. */
  readonly share: number | null;
  /** Each line's parts, the most important first. */
  readonly lines: readonly (readonly string[])[];
}

/** What the progress pane says: its title, the share that is done, and lines. */
export function progressText(state: DashboardState): ProgressText {
  const { run, view } = state;
  if (run.end) return endText(run, run.end);
  if (view.lost) return lostText();
  return run.phase?.name === "train" ? trainingText(state) : workText(state);
}

function trainingText(state: DashboardState): ProgressText {
  const { epochs, facts, progress } = state.run;
  const asked = facts?.epochs ?? 0;
  const done = epochs.length + epochFraction(epochs.length, progress);
  const batch = progress?.phase === "train" && progress.total > 0
    ? [`batch ${count(progress.done)}/${count(progress.total)}`]
    : [];
  const last = epochs.at(-1);
  const pace = last ? [`${duration(last.seconds)} an epoch`] : [];
  const speed = progress?.phase === "train" && progress.per_second !== null
    ? [rate(progress.per_second, progress.unit)]
    : [];
  const soFar = progress?.phase === "train" ? meansText(progress) : [];
  return {
    title: "Training",
    share: asked > 0 ? done / asked : null,
    lines: [[epochText(state.run) ?? "", ...batch], [leftText(state), ...pace, ...speed], ...soFar],
  };
}

/** The running means of the epoch under way; nothing before there are some. */
function meansText(progress: EventOf<"progress">): string[][] {
  const means = METRICS.flatMap(({ name }) => {
    const mean = progress[name];
    return mean === undefined ? [] : [`${name} ${figure(mean)}`];
  });
  const [first, ...rest] = means;
  return first === undefined ? [] : [[`this epoch: ${first}`, ...rest]];
}

function workText(state: DashboardState): ProgressText {
  const { phase, progress } = state.run;
  const title = phase?.name === "extract" ? "Features" : "Step under way";
  if (!progress) {
    return { title, share: null, lines: [[state.view.live === null ? "starting the trainer" : "getting ready"]] };
  }
  const { done, total, unit, per_second: perSecond, cached, label } = progress;
  const speed = perSecond === null ? [] : [rate(perSecond, unit)];
  const fromCache = cached ? [`${count(cached)} cached`] : [];
  const what = label === undefined ? [] : [[label]];
  return {
    title,
    share: total > 0 ? done / total : null,
    lines: [...what, [amount(done, total, unit), ...fromCache], [leftText(state), ...speed]],
  };
}

function leftText(state: DashboardState): string {
  if (state.run.control === "paused") return "paused";
  if (state.run.control === "stopping") return "stopping, saved";
  const left = timeLeft(state);
  if (left === null) return "measuring the pace";
  return left.atMost ? `at most ${duration(left.seconds)} left` : `${duration(left.seconds)} left`;
}

function endText({ facts }: RunState, end: EventOf<"end">): ProgressText {
  const asked = facts?.epochs ?? end.epochs;
  const { total, prepare, extract, train } = end.seconds;
  return {
    title: "Ended",
    share: asked > 0 ? end.epochs / asked : null,
    lines: [
      [`${END_WORDS[end.reason]} after ${count(end.epochs)} of ${count(asked)} epochs`],
      end.error === undefined
        ? [
          `${duration(total)} in all`,
          `train ${duration(train)}`,
          `extract ${duration(extract)}`,
          `prepare ${duration(prepare)}`,
        ]
        : [end.error],
    ],
  };
}

function lostText(): ProgressText {
  return {
    title: "Trainer lost",
    share: null,
    lines: [["the trainer is gone without an end"], ["what was saved is kept"]],
  };
}

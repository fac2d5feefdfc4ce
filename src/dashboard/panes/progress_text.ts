/** What the progress pane says, from the state. */
import { END_WORDS, epochText } from "../run_text/describe.ts";
import { epochFraction, timeLeft } from "../run_text/eta.ts";
import { amount, count, duration, figure, rate } from "../text/formats.ts";
import type { DashboardState } from "../view/state.ts";

export interface ProgressText {
  readonly title: string;
  /** 0 to 1; null where it cannot be told. */
  readonly share: number | null;
  /** Each line's parts, the most important first. */
  readonly lines: readonly (readonly string[])[];
}

/** What the progress pane says: its title, the share that is done, and lines. */
export function progressText(state: DashboardState): ProgressText {
  if (state.end) return endText(state, state.end);
  if (state.lost) return lostText();
  return state.phase?.name === "train" ? trainingText(state) : workText(state);
}

function trainingText(state: DashboardState): ProgressText {
  const { epochs, run, progress } = state;
  const asked = run?.epochs ?? 0;
  const done = epochs.length + epochFraction(epochs.length, progress);
  const batch = progress?.phase === "train" && progress.total > 0
    ? [`batch ${count(progress.done)}/${count(progress.total)}`]
    : [];
  const pace = epochs.at(-1) ? [`${duration(epochs.at(-1)?.seconds ?? 0)} an epoch`] : [];
  const speed = progress?.phase === "train" && progress.per_second !== null
    ? [rate(progress.per_second, progress.unit)]
    : [];
  const loss = progress?.phase === "train" && progress.loss !== undefined && progress.accuracy !== undefined
    ? [[`this epoch: loss ${figure(progress.loss)}`, `accuracy ${figure(progress.accuracy)}`]]
    : [];
  return {
    title: "Training",
    share: asked > 0 ? done / asked : null,
    lines: [[epochText(state) ?? "", ...batch], [leftText(state), ...pace, ...speed], ...loss],
  };
}

function workText(state: DashboardState): ProgressText {
  const { phase, progress } = state;
  const title = phase?.name === "extract" ? "Features" : "Step under way";
  if (!progress) {
    return { title, share: null, lines: [[state.live === null ? "starting the trainer" : "getting ready"]] };
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
  if (state.control === "paused") return "paused";
  if (state.control === "stopping") return "stopping, saved";
  const left = timeLeft(state);
  if (left === null) return "measuring the pace";
  return left.atMost ? `at most ${duration(left.seconds)} left` : `${duration(left.seconds)} left`;
}

function endText(state: DashboardState, end: NonNullable<DashboardState["end"]>): ProgressText {
  const asked = state.run?.epochs ?? end.epochs;
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

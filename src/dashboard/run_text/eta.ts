/** Estimates the time left, once enough work has been measured. */
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";

/** The work before the first estimate: seconds, or steps (epochs in training, measured rates in other phases). */
const ENOUGH_SECONDS = 10;
const ENOUGH_STEPS = 10;

/**
 * The minimum time before an estimate in training. Ten very fast epochs do not yet include other work such as saving.
 */
const AT_LEAST_MS = 1000;

export interface TimeLeft {
  readonly seconds: number;
  /** Whether early stopping may end the run earlier. */
  readonly atMost: boolean;
}

/** Returns the time left in the current phase, or null if it is unknown or the run is paused or over. */
export function timeLeft({ run, view }: DashboardState): TimeLeft | null {
  if (run.end || view.lost || run.control === "paused") return null;
  return run.phase?.name === "train" ? trainingLeft(run) : workLeft(run);
}

function workLeft({ phase, progress, rates, setup, pauses, lastEventAt }: RunState): TimeLeft | null {
  if (!phase || !progress || progress.phase !== phase.name || !progress.total || !progress.per_second) return null;
  const step = setup.find(({ label }) => label === progress.label);
  const startedAt = phase.name === "prepare" && step ? step.startedAt : phase.startedAt + pauses.totalMs;
  if ((lastEventAt - startedAt) / 1000 < ENOUGH_SECONDS && rates.length < ENOUGH_STEPS) return null;
  return { seconds: Math.max(0, progress.total - progress.done) / progress.per_second, atMost: false };
}

/** Estimates the time until the last epoch has ended, from the mean duration of the newest epochs. */
function trainingLeft(run: RunState): TimeLeft | null {
  const { epochs, epochEnds, facts, phase, pauses, lastEventAt, resumedAt } = run;
  if (!facts || !phase) return null;
  const now = lastEventAt - pauses.totalMs;
  const trainedMs = now - phase.startedAt;
  const isEnough = trainedMs / 1000 >= ENOUGH_SECONDS ||
    (epochs.length - (resumedAt?.epoch ?? 0) >= ENOUGH_STEPS && trainedMs >= AT_LEAST_MS);
  if (!isEnough) return null;
  const epochMs = epochDuration(run, phase.startedAt, trainedMs);
  if (epochMs === null) return null;
  const last = epochEnds.at(-1);
  const sinceMs = last ? now - last.at : trainedMs + (shareBefore(run) ?? 0) * epochMs;
  const remaining = facts.epochs - epochs.length;
  // An epoch that takes longer than expected is assumed to end now, so at least the epochs after it remain.
  const seconds = Math.max(remaining * epochMs - sinceMs, (remaining - 1) * epochMs, 0) / 1000;
  return { seconds, atMost: true };
}

/**
 * Returns the duration of an epoch in milliseconds. The first one builds graphs and counts only while it is the only
 * one.
 */
function epochDuration(run: RunState, startedAt: number, trainedMs: number): number | null {
  const { epochs, epochEnds, progress, resumedAt } = run;
  const [first] = epochEnds;
  const last = epochEnds.at(-1);
  if (first && last && first !== last) return (last.at - first.at) / (last.epoch - first.epoch);
  const before = first && first.epoch - 1 !== resumedAt?.epoch ? 0 : shareBefore(run);
  if (before === null) return null;
  if (first) return (first.at - startedAt) / (1 - before);
  const fraction = epochFraction(epochs.length, progress) - before;
  return fraction > 0 ? trainedMs / fraction : null;
}

/**
 * Returns the share of the resumed epoch, from 0 to less than 1, that was trained before the resume; null if its number
 * of batches is not known yet.
 */
function shareBefore({ resumedAt, progress }: RunState): number | null {
  if (resumedAt === null || resumedAt.step === 0) return 0;
  const total = progress?.phase === "train" ? progress.total : 0;
  return resumedAt.step < total ? resumedAt.step / total : null;
}

/** Returns the share of the current epoch that is done, from 0 to 1. */
export function epochFraction(finished: number, progress: RunState["progress"]): number {
  const current = currentProgress(finished, progress);
  return current?.total ? Math.min(1, current.done / current.total) : 0;
}

/** Returns the progress of the current epoch, or null if the newest progress event is of an earlier epoch. */
export function currentProgress(finished: number, progress: RunState["progress"]): RunState["progress"] {
  return progress?.phase === "train" && (progress.epoch ?? finished + 1) > finished ? progress : null;
}

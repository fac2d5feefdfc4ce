/** How long it will still take. Says nothing until there is enough to go by. */
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";

/** An estimate waits for so many seconds of work, or for so many steps: epochs in training, else measured rates. */
const ENOUGH_SECONDS = 10;
const ENOUGH_STEPS = 10;

/** Ten of the fastest epochs are over before anything else has happened that takes its time, such as saving. */
const AT_LEAST_MS = 1000;

export interface TimeLeft {
  readonly seconds: number;
  /** Early stopping may end the run before that. */
  readonly atMost: boolean;
}

/** The time left in the phase under way, null while it cannot be told, or nothing runs. */
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

/** When the last epoch will have ended, at the pace of the newest ones, less the time by now. */
function trainingLeft(run: RunState): TimeLeft | null {
  const { epochs, epochEnds, facts, phase, pauses, lastEventAt } = run;
  if (!facts || !phase) return null;
  const now = lastEventAt - pauses.totalMs;
  const trainedMs = now - phase.startedAt;
  const isEnough = trainedMs / 1000 >= ENOUGH_SECONDS || (epochs.length >= ENOUGH_STEPS && trainedMs >= AT_LEAST_MS);
  if (!isEnough) return null;
  const epochMs = epochDuration(run, phase.startedAt, trainedMs);
  if (epochMs === null) return null;
  const sinceMs = now - (epochEnds.at(-1)?.at ?? phase.startedAt);
  const remaining = facts.epochs - epochs.length;
  // An epoch that takes longer than those before it ends at any moment: the ones after it remain.
  const seconds = Math.max(remaining * epochMs - sinceMs, (remaining - 1) * epochMs, 0) / 1000;
  return { seconds, atMost: true };
}

/** How long an epoch takes, from end to end. The first one, which builds graphs, counts only while it is alone. */
function epochDuration({ epochs, epochEnds, progress }: RunState, startedAt: number, trainedMs: number): number | null {
  const [first] = epochEnds;
  const last = epochEnds.at(-1);
  if (first && last && first !== last) return (last.at - first.at) / (last.epoch - first.epoch);
  if (first) return first.at - startedAt;
  const fraction = epochFraction(epochs.length, progress);
  return fraction > 0 ? trainedMs / fraction : null;
}

/** How much of the epoch under way is done, 0 to 1. */
export function epochFraction(finished: number, progress: RunState["progress"]): number {
  const current = currentProgress(finished, progress);
  return current?.total ? Math.min(1, current.done / current.total) : 0;
}

/** The progress of the epoch under way; null if the newest that was said is of an epoch that has ended. */
export function currentProgress(finished: number, progress: RunState["progress"]): RunState["progress"] {
  return progress?.phase === "train" && (progress.epoch ?? finished + 1) > finished ? progress : null;
}

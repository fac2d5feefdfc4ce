/** How long it will still take. Says nothing until there is something to go by. */
import { at } from "../../at.ts";
import type { RunState } from "../../run_state/run_state.ts";
import type { DashboardState } from "../view/state.ts";

/** The first seconds of a phase hold start-up costs and say little about its pace. */
const WARM_UP_SECONDS = 2;
/** The first epoch builds graphs; epochs from the second on are alike. */
const WARM_UP_EPOCHS = 2;
/** Recent epochs count: the machine may have become busier. */
const RECENT_EPOCHS = 5;

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

function workLeft({ phase, progress, lastEventAt }: RunState): TimeLeft | null {
  if (!phase || !progress || progress.phase !== phase.name || !progress.total || !progress.per_second) return null;
  if ((lastEventAt - phase.startedAt) / 1000 < WARM_UP_SECONDS) return null;
  return { seconds: Math.max(0, progress.total - progress.done) / progress.per_second, atMost: false };
}

function trainingLeft({ epochs, facts, progress }: RunState): TimeLeft | null {
  if (!facts || epochs.length < WARM_UP_EPOCHS) return null;
  const recent = epochs.slice(1).slice(-RECENT_EPOCHS).map(({ seconds }) => seconds).sort((one, other) => one - other);
  const median = at(recent, Math.floor((recent.length - 1) / 2));
  const remaining = Math.max(0, facts.epochs - epochs.length - epochFraction(epochs.length, progress));
  return { seconds: remaining * median, atMost: true };
}

/** How much of the epoch under way is done, 0 to 1. */
export function epochFraction(finished: number, progress: RunState["progress"]): number {
  if (progress?.phase !== "train" || !progress.total) return 0;
  // The last progress of the epoch before would count its work twice.
  if (progress.epoch !== undefined && progress.epoch <= finished) return 0;
  return Math.min(1, progress.done / progress.total);
}

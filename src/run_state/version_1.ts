/**
 * Completes events of version 1. Their `best` and `best_epoch` are early stopping's reference, and they do not contain
 * the epoch after which patience ends. From version 2 on, the trainer sends both.
 */
import type { EpochFigures, EventOf } from "../events.ts";
import { bestIndex, isFigureName } from "../metrics.ts";
import { Sequence } from "../sequence.ts";

type EarlyStopping = EventOf<"early_stopping">;

/**
 * Returns the event as in version 2.
 *
 * @param epochs the finished epochs, including the event's own
 * @param before the result for the previous epoch, or null for the first one
 */
export function sayAsVersion2(
  event: EarlyStopping,
  epochs: Sequence<EpochFigures>,
  before: EarlyStopping | null,
): EarlyStopping {
  const last = epochs.at(-1);
  if (event.v !== 1 || !last) return event;
  return {
    ...event,
    ...bestAfter(event, last, before),
    stops_after: stopsAfter(event, last),
  };
}

/** Returns the epoch after which patience ends the run, by the same rule as `outlook` in src/training. */
function stopsAfter({ reference_epoch, patience, wait }: EarlyStopping, last: EpochFigures): number | null {
  if (reference_epoch === null) return null;
  const improved = reference_epoch === last.epoch;
  const stops = !improved && wait >= patience && last.epoch > 1;
  return stops ? last.epoch : last.epoch + Math.max(1, patience - wait);
}

/** Returns the first epoch with the strictly best figure: the previous best one, or the last one if it is better. */
function bestAfter(
  { monitor, mode }: EarlyStopping,
  last: EpochFigures,
  before: EarlyStopping | null,
): Pick<EarlyStopping, "best" | "best_epoch"> {
  const value = isFigureName(monitor) ? last[monitor] ?? null : null;
  const known = { best: before?.best ?? null, best_epoch: before?.best_epoch ?? null };
  return bestIndex(Sequence.of([known.best, value]), mode) === 1 ? { best: value, best_epoch: last.epoch } : known;
}

/** The event that describes early stopping after an epoch. */
import type { EpochFigures, EventBody } from "../events.ts";
import type { EarlyStoppingOptions, EarlyStoppingState, Outlook } from "../training/early_stopping.ts";
import { finiteOrNull } from "../training/history.ts";

export interface AfterEpoch {
  /** The best epoch so far. */
  readonly best: EpochFigures | null;
  readonly state: EarlyStoppingState;
  readonly outlook: Outlook;
}

/** Returns the event. Epochs count from 1 in it. */
export function earlyStoppingBody(
  { best, state: { reference, referenceEpoch, wait }, outlook }: AfterEpoch,
  { monitor, mode, minDelta, patience, baseline, startFromEpoch }: EarlyStoppingOptions,
): Extract<EventBody, { type: "early_stopping" }> {
  return {
    type: "early_stopping",
    monitor,
    mode,
    min_delta: minDelta,
    patience,
    baseline,
    start_from_epoch: startFromEpoch,
    best: best?.[monitor] ?? null,
    best_epoch: best?.epoch ?? null,
    reference: finiteOrNull(reference),
    reference_epoch: reference === null ? null : referenceEpoch + 1,
    threshold: finiteOrNull(outlook.threshold),
    baseline_reached: outlook.baselineReached,
    wait,
    stops_next: outlook.stopsNext,
    stops_after: outlook.stopsAfter === null ? null : outlook.stopsAfter + 1,
  };
}

/**
 * keras.callbacks.EarlyStopping (Keras 3.15) as values: a state and what an epoch's figure makes of it. Epochs count
 * from 0 here, as in Keras; events count them from 1.
 */
import type { Monitor } from "../config.ts";

export interface EarlyStoppingOptions {
  readonly monitor: Monitor;
  readonly mode: "min" | "max";
  readonly minDelta: number;
  readonly patience: number;
  readonly baseline: number | null;
  readonly startFromEpoch: number;
}

export interface EarlyStoppingState {
  readonly best: number | null;
  readonly bestEpoch: number;
  readonly wait: number;
  /** Whether this epoch is the one whose weights `restore_best_weights` would bring back. */
  readonly keepWeights: boolean;
  /** Whether any weights were kept so far: Keras keeps those of the first epoch that counts, whatever its figure. */
  readonly keptWeights: boolean;
  readonly stop: boolean;
}

export const EARLY_STOPPING_START: EarlyStoppingState = {
  best: null,
  bestEpoch: 0,
  wait: 0,
  keepWeights: false,
  keptWeights: false,
  stop: false,
};

/** Keras's mode: `auto` is max for an accuracy and min for a loss. */
export function resolveMode(mode: "auto" | "min" | "max", monitor: Monitor): "min" | "max" {
  if (mode !== "auto") return mode;
  return monitor.endsWith("accuracy") ? "max" : "min";
}

/**
 * Whether `value` beats `reference` by more than min_delta; anything beats nothing, NaN included, as in Keras. Figures
 * are float32 there, and so is the comparison (`ops.greater` of two Python floats): three pictures of 300 more, with a
 * min_delta of 0.01, are an improvement from some accuracies and none from others.
 */
function improves(value: number, reference: number | null, { mode, minDelta }: EarlyStoppingOptions): boolean {
  if (reference === null) return true;
  const moved = Math.fround(Math.fround(value) + (mode === "max" ? -minDelta : minDelta));
  return mode === "max" ? moved > Math.fround(reference) : moved < Math.fround(reference);
}

/** The state after epoch number `epoch` (from 0) with the monitored figure `value`. */
export function afterEpoch(
  state: EarlyStoppingState,
  epoch: number,
  value: number,
  options: EarlyStoppingOptions,
): EarlyStoppingState {
  if (epoch < options.startFromEpoch) return { ...state, keepWeights: false };
  const first = !state.keptWeights;
  const wait = state.wait + 1;
  if (improves(value, state.best, options)) {
    const reachesBaseline = options.baseline === null || improves(value, options.baseline, options);
    return {
      best: value,
      bestEpoch: epoch,
      wait: reachesBaseline ? 0 : wait,
      keepWeights: true,
      keptWeights: true,
      stop: false,
    };
  }
  return { ...state, wait, keepWeights: first, keptWeights: true, stop: wait >= options.patience && epoch > 0 };
}

/** Whether the epoch that follows `epoch` (from 0) ends the run unless it improves. */
export function stopsNext(state: EarlyStoppingState, epoch: number, options: EarlyStoppingOptions): boolean {
  return epoch + 1 >= options.startFromEpoch && state.best !== null && state.wait + 1 >= options.patience;
}

/**
 * keras.callbacks.EarlyStopping (Keras 3.15) as values: a state and what an epoch's figure makes of it. Epochs count
 * from 0 here, as in Keras; events count them from 1.
 */
import type { Monitor } from "../config.ts";
import { type Direction, metricOf } from "../metrics.ts";

/** Keras's arguments of the same names. */
export interface EarlyStoppingOptions {
  /** The figure that is watched. */
  readonly monitor: Monitor;
  /** Which way it is better. */
  readonly mode: Direction;
  /** By how much a figure has to pass the reference to be an improvement; at least 0. */
  readonly minDelta: number;
  /** The run ends after this many epochs without an improvement. */
  readonly patience: number;
  /** What an improvement also has to pass for patience to start anew; null: nothing. */
  readonly baseline: number | null;
  /** The first epoch that counts. */
  readonly startFromEpoch: number;
}

/** What EarlyStopping knows between two epochs. */
export interface EarlyStoppingState {
  /** What the next figure is compared with (Keras's `best`); null before the first epoch that counts. May be NaN. */
  readonly reference: number | null;
  /** The epoch that gave the reference. */
  readonly referenceEpoch: number;
  /** Epochs since patience last started anew. */
  readonly wait: number;
  /** Whether the last epoch is the one whose weights `restore_best_weights` would bring back. */
  readonly keepWeights: boolean;
  /** Whether patience has run out. */
  readonly stop: boolean;
}

export const EARLY_STOPPING_START: EarlyStoppingState = {
  reference: null,
  referenceEpoch: 0,
  wait: 0,
  keepWeights: false,
  stop: false,
};

/** Keras's mode: `auto` is the direction of the monitored figure's metric. */
export function resolveMode(mode: "auto" | Direction, monitor: Monitor): Direction {
  return mode === "auto" ? metricOf(monitor).direction : mode;
}

/**
 * Whether `value` beats `reference` by more than min_delta. Any value, NaN included, beats null, as in Keras. Figures are
 * float32 there, and so is the comparison (`ops.greater` of two Python floats): with a min_delta of 0.01, three images of
 * 300 more are an improvement from some accuracies and none from others.
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
  const wait = state.wait + 1;
  if (improves(value, state.reference, options)) {
    return {
      reference: value,
      referenceEpoch: epoch,
      wait: baselineReached(value, options) ? 0 : wait,
      keepWeights: true,
      stop: false,
    };
  }
  return { ...state, wait, keepWeights: false, stop: wait >= options.patience && epoch > 0 };
}

/** Whether a reference starts patience anew: there is no baseline, or it has been passed. */
function baselineReached(reference: number, options: EarlyStoppingOptions): boolean {
  return options.baseline === null || improves(reference, options.baseline, options);
}

/** What the epochs to come will do: all that viewers say about early stopping. */
export interface Outlook {
  /**
   * The value that a figure has to pass to become the reference, for people to read: the comparison itself is made in
   * float32. null before the first epoch that counts.
   */
  readonly threshold: number | null;
  readonly baselineReached: boolean;
  /** Whether the next epoch ends the run unless it improves. */
  readonly stopsNext: boolean;
  /** The epoch (from 0) after which patience ends the run if nothing improves; null before the first that counts. */
  readonly stopsAfter: number | null;
}

/** The outlook after `epoch` (from 0; -1 before the first), which led to `state`. */
export function outlook(state: EarlyStoppingState, epoch: number, options: EarlyStoppingOptions): Outlook {
  const { reference, wait, stop } = state;
  const { mode, minDelta, patience, startFromEpoch } = options;
  if (reference === null) return { threshold: null, baselineReached: false, stopsNext: false, stopsAfter: null };
  return {
    threshold: reference + (mode === "max" ? minDelta : -minDelta),
    baselineReached: baselineReached(reference, options),
    stopsNext: !stop && epoch + 1 >= startFromEpoch && wait + 1 >= patience,
    stopsAfter: stop ? epoch : epoch + Math.max(1, patience - wait),
  };
}

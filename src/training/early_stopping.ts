/**
 * keras.callbacks.EarlyStopping (Keras 3.15) as pure functions on a state. Epochs count from 0 here, as in Keras;
 * events count them from 1.
 */
import type { Monitor } from "../config.ts";
import { type Direction, metricOf } from "../metrics.ts";

/** The arguments of Keras's EarlyStopping. */
export interface EarlyStoppingOptions {
  /** The metric that is monitored. */
  readonly monitor: Monitor;
  /** Whether a larger ("max") or smaller ("min") value is better. */
  readonly mode: Direction;
  /** The change that a value must exceed to count as an improvement; at least 0. */
  readonly minDelta: number;
  /** The number of epochs without an improvement after which the run ends. */
  readonly patience: number;
  /** The value that an improvement must also beat to reset the wait; null for no such condition. */
  readonly baseline: number | null;
  /** The first epoch that is monitored. */
  readonly startFromEpoch: number;
}

/** The state of early stopping between two epochs. */
export interface EarlyStoppingState {
  /**
   * The value that the next one is compared with (Keras's `best`); null before the first monitored epoch. May be NaN.
   */
  readonly reference: number | null;
  /** The epoch of the reference value. */
  readonly referenceEpoch: number;
  /** The number of epochs since the wait was last reset. */
  readonly wait: number;
  /** Whether the last epoch's weights are those that `restore_best_weights` would restore. */
  readonly keepWeights: boolean;
  /** Whether the patience is exhausted, so that the run ends. */
  readonly stop: boolean;
}

/** The state before the first epoch. */
export const EARLY_STOPPING_START: EarlyStoppingState = {
  reference: null,
  referenceEpoch: 0,
  wait: 0,
  keepWeights: false,
  stop: false,
};

/** Resolves Keras's mode. `auto` is the direction of the monitored metric. */
export function resolveMode(mode: "auto" | Direction, monitor: Monitor): Direction {
  return mode === "auto" ? metricOf(monitor).direction : mode;
}

/**
 * Returns whether `value` is better than `reference` by more than min_delta. As in Keras, any value, even NaN, is
 * better than null.
 *
 * Keras compares two Python floats with `ops.greater`, which converts them to float32, and so does this function.
 * Rounding can decide: with a min_delta of 0.01, three more correct images of 300 are an improvement over some
 * accuracies but not over others.
 */
function improves(value: number, reference: number | null, { mode, minDelta }: EarlyStoppingOptions): boolean {
  if (reference === null) return true;
  const moved = Math.fround(Math.fround(value) + (mode === "max" ? -minDelta : minDelta));
  return mode === "max" ? moved > Math.fround(reference) : moved < Math.fround(reference);
}

/** Returns the state after epoch number `epoch` (from 0), in which the monitored metric had this `value`. */
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

/**
 * Returns the state with which a training goes on, maybe with more patience. The next epoch decides again if patience
 * is less.
 */
export function goingOn(state: EarlyStoppingState, { patience }: EarlyStoppingOptions): EarlyStoppingState {
  return { ...state, stop: state.stop && state.wait >= patience };
}

/** Returns whether this reference value resets the wait: there is no baseline, or the value beats it. */
function baselineReached(reference: number, options: EarlyStoppingOptions): boolean {
  return options.baseline === null || improves(reference, options.baseline, options);
}

/** What early stopping will do in the next epochs. Viewers show nothing else about early stopping. */
export interface Outlook {
  /**
   * The value that the next one must beat to become the reference; null before the first monitored epoch. For display
   * only: the comparison itself uses float32.
   */
  readonly threshold: number | null;
  readonly baselineReached: boolean;
  /** Whether the next epoch ends the run unless it is an improvement. */
  readonly stopsNext: boolean;
  /** The epoch (from 0) after which the run ends if nothing improves; null before the first monitored epoch. */
  readonly stopsAfter: number | null;
}

/** Returns the outlook after `epoch` (from 0; -1 before the first), whose state is `state`. */
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

/** The state of a training as plain values: everything that a bit-identical continuation needs. */
import type { EarlyStoppingState } from "./early_stopping.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { Weights } from "../model/network_weights.ts";
import type { History } from "./history.ts";

/** Sums over the batches of the current epoch. Divided by `count` they are Keras's running means. */
export interface EpochSums {
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
}

/** The sums at the start of an epoch. */
export const NO_SUMS: EpochSums = { loss: 0, correct: 0, count: 0 };

/** The state of a training between two steps. */
export interface TrainingSnapshot {
  /** The layers that are trained, from their input layer to the logits. */
  readonly layers: readonly LayerSpec[];
  /** The seed of the run. With `epoch` and `step` it is the whole state of the random streams (random.ts). */
  readonly seed: number;
  /** The number of finished epochs. */
  readonly epoch: number;
  /** The number of finished batches of the next epoch; 0 at the end of an epoch. */
  readonly step: number;
  /** Whether an epoch was begun before, with other batches, so that the weights are not those of an epoch's end. */
  readonly beginsAgain?: boolean;
  readonly sums: EpochSums;
  readonly weights: Weights<Float32Array>;
  readonly optimizer: {
    /** The number of steps since the start of the run. */
    readonly step: number;
    readonly m: Weights<Float32Array>;
    readonly v: Weights<Float32Array>;
  };
  readonly earlyStopping: EarlyStoppingState;
  readonly history: History;
  /**
   * The weights that restoring the best epoch would bring back; null if restoring was not requested or no epoch has
   * been monitored yet.
   */
  readonly bestWeights: Weights<Float32Array> | null;
}

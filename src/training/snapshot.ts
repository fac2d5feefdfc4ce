/** Everything that a bit-identical continuation needs, as plain values. */
import type { EarlyStoppingState } from "./early_stopping.ts";
import type { HeadShape, Trainable, Weights } from "./head_weights.ts";
import type { History } from "./history.ts";

/** Sums over the batches of the epoch under way; divided by `count` they are Keras's running means. */
export interface EpochSums {
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
}

export const NO_SUMS: EpochSums = { loss: 0, correct: 0, count: 0 };

export interface TrainingSnapshot {
  readonly shape: HeadShape;
  /** With `epoch` and `step` this is the whole state of the random streams (random.ts). */
  readonly seed: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** Batches done of the epoch that follows; 0 at an epoch's end. */
  readonly step: number;
  readonly sums: EpochSums;
  readonly weights: Weights<Float32Array>;
  readonly optimizer: {
    /** Steps taken since the start of the run. */
    readonly step: number;
    readonly m: Trainable<Float32Array>;
    readonly v: Trainable<Float32Array>;
  };
  readonly earlyStopping: EarlyStoppingState;
  readonly history: History;
  /** What restoring the best weights would bring back; null where it was not asked for or nothing counts yet. */
  readonly bestWeights: Weights<Float32Array> | null;
}

/** The inputs and results of a training step, and how they are gathered from a feature set. */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/rows/feature_set.ts";
import type { StepState } from "./step.ts";

/** The batch that a step trains on, as plain arrays. */
export interface StepBatch {
  /** The rows of the feature set that form the batch. */
  readonly rows: Int32Array;
  /** The mask for inverted dropout, rows × hidden; null without dropout. */
  readonly mask: Float32Array | null;
  /** The factor for each row's loss; null if all rows have equal weight. */
  readonly sampleWeights: Float32Array | null;
}

/** The input of a training step. */
export interface StepInput extends StepBatch {
  /** Adam's step size including the bias correction (`adamAlpha`). */
  readonly alpha: number;
}

/** The results of a training step. */
export interface StepFigures {
  /** The mean loss of the batch. With sample weights, the mean of the weighted losses. */
  readonly loss: number;
  /** The number of correctly predicted rows. */
  readonly correct: number;
}

/** Returns the features of the rows of several steps, concatenated in the order of the steps. */
export function gatherRows({ features, width }: FeatureSet, steps: readonly StepInput[]): Float32Array {
  const gathered = new Float32Array(steps.reduce((count, { rows }) => count + rows.length, 0) * width);
  let place = 0;
  for (const { rows } of steps) {
    for (const row of rows) {
      gathered.set(features.subarray(row * width, (row + 1) * width), place);
      place += width;
    }
  }
  return gathered;
}

/** Returns the labels of the rows of several steps, concatenated in the order of the steps. */
export function gatherLabels({ labels }: FeatureSet, steps: readonly StepInput[]): Int32Array {
  return Int32Array.from(steps.flatMap(({ rows }) => Array.from(rows, (row) => at(labels, row))));
}

/** Disposes all tensors of a training state. */
export function disposeState(tf: Tf, { weights, moments }: StepState): void {
  tf.dispose([...Object.values<Tensor>(weights), ...Object.values(moments.m), ...Object.values(moments.v)]);
}

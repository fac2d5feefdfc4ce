/** What a step takes and gives, and how it is cut out of a set of features. */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/rows/feature_set.ts";
import type { StepState } from "./step.ts";

/** What a step is run on, as plain arrays. */
export interface StepBatch {
  /** Which rows of the set make the batch. */
  readonly rows: Int32Array;
  /** rows × hidden, inverted dropout; null where nothing is dropped. */
  readonly mask: Float32Array | null;
  /** What each row's loss is multiplied by; null where all count alike. */
  readonly sampleWeights: Float32Array | null;
}

export interface StepInput extends StepBatch {
  /** Adam's step size with its bias correction (`adamAlpha`). */
  readonly alpha: number;
}

export interface StepFigures {
  /** Mean over the batch, of the weighted losses where there are sample weights. */
  readonly loss: number;
  readonly correct: number;
}

/** The features of some steps' rows, one step after the other. */
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

/** The labels of some steps' rows, one step after the other. */
export function gatherLabels({ labels }: FeatureSet, steps: readonly StepInput[]): Int32Array {
  return Int32Array.from(steps.flatMap(({ rows }) => Array.from(rows, (row) => at(labels, row))));
}

export function disposeState(tf: Tf, { weights, moments }: StepState): void {
  tf.dispose([...Object.values<Tensor>(weights), ...Object.values(moments.m), ...Object.values(moments.v)]);
}

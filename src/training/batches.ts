/** The batches of a training step, and the sources that they are gathered from. */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { Shape } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/rows/feature_set.ts";
import type { Weights } from "../model/network_weights.ts";
import type { StepState } from "./step.ts";

/** The labelled examples of one part of a data set, in the form that the network takes them: features or pixels. */
export interface BatchSource {
  readonly count: number;
  /** The class of each row. */
  readonly labels: Int32Array;
  /** The shape of one row. */
  readonly shape: Shape;
  /** Returns the rows one after the other, row-major, in the given order. They may have to be read or decoded first. */
  gather(rows: Int32Array): Float32Array | Promise<Float32Array>;
  /** Begins to read rows that will be gathered next, if reading takes time. */
  prefetch?(rows: Int32Array): void;
}

/** Returns a source of the rows of a feature set. */
export function featureSource({ rows: { count, width, gather }, labels }: FeatureSet): BatchSource {
  return { count, labels, shape: [width], gather };
}

/** The batch that a step trains on, as plain arrays. */
export interface StepBatch {
  /** The rows of the source that form the batch. */
  readonly rows: Int32Array;
  /** The masks for inverted dropout, by the layer's name. Layers that drop nothing have none. */
  readonly masks: Weights<Float32Array>;
  /** The factor for each row's loss; null if all rows have equal weight. */
  readonly sampleWeights: Float32Array | null;
}

/** The input of a training step. */
export interface StepInput extends StepBatch {
  /** Adam's step size including the bias correction (`adamAlpha`). */
  readonly alpha: number;
}

/** Several steps with batches of one size, and the rows of all of them, one after the other. */
export interface StepsInput {
  readonly steps: readonly StepInput[];
  readonly input: Float32Array;
  readonly labels: Int32Array;
}

export interface StepFigures {
  /** The mean loss of the batch. With sample weights, the mean of the weighted losses. */
  readonly loss: number;
  /** The number of correctly predicted rows. */
  readonly correct: number;
}

/** Gathers the inputs and labels of the rows of several steps, in the order of the steps. */
export async function gatherSteps(source: BatchSource, steps: readonly StepInput[]): Promise<StepsInput> {
  const rows = new Int32Array(steps.reduce((count, step) => count + step.rows.length, 0));
  let place = 0;
  for (const step of steps) {
    rows.set(step.rows, place);
    place += step.rows.length;
  }
  return { steps, input: await source.gather(rows), labels: rows.map((row) => at(source.labels, row)) };
}

/** Disposes all tensors of a training state. */
export function disposeState(tf: Tf, { weights, moments }: StepState): void {
  tf.dispose([...Object.values<Tensor>(weights), ...Object.values(moments.m), ...Object.values(moments.v)]);
}

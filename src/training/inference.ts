/** Runs the head in inference mode on whole feature sets: with moving statistics and without dropout. */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { Tf } from "../engine/engine.ts";
import type { FeatureSet } from "../features/rows/feature_set.ts";
import type { HeadAnswers } from "./mistakes.ts";
import type { ValidationValues } from "../metrics.ts";
import { classCounts, classFigures } from "./class_figures.ts";
import { type HeadShape, toTensors, WEIGHT_NAMES, type Weights } from "./head_weights.ts";
import { crossEntropy, predictLogits } from "./step.ts";

/** The number of rows in one call. Bounds the memory needed for large sets, and affects results only by rounding. */
const ROWS_AT_ONCE = 512;

/**
 * Returns the metrics of a whole set: mean sparse cross-entropy, accuracy and the class metrics. Disposes every tensor
 * it creates.
 */
export function evaluateHead(tf: Tf, weights: Weights<Tensor>, set: FeatureSet): ValidationValues {
  const predicted = new Int32Array(set.count);
  let loss = 0;
  for (const { from, to } of pieces(set.count)) {
    const [meanLoss, taken] = tf.tidy((): [Scalar, Tensor] => {
      const labels: Tensor1D = tf.tensor1d(set.labels.subarray(from, to), "int32");
      const logits = predictLogits(tf, weights, rowsOf(tf, set, from, to));
      return [crossEntropy(tf, logits, labels), tf.argMax(logits, 1)];
    });
    loss += takeNumber(meanLoss) * (to - from);
    predicted.set(taken.dataSync(), from);
    taken.dispose();
  }
  const counts = classCounts(set.labels, predicted, at(weights.output_bias.shape, 0));
  const correct = counts.right.reduce((sum, right) => sum + right, 0);
  return { loss: loss / set.count, accuracy: correct / set.count, ...classFigures(counts) };
}

/**
 * Returns the class with the largest logit for each row, and its probability, in inference mode. Disposes every tensor
 * it creates.
 */
export function predictClasses(tf: Tf, weights: Weights<Tensor>, set: FeatureSet): HeadAnswers {
  const classes = new Int32Array(set.count);
  const confidences = new Float32Array(set.count);
  for (const { from, to } of pieces(set.count)) {
    const [taken, sure] = tf.tidy((): [Tensor, Tensor] => {
      const logits = predictLogits(tf, weights, rowsOf(tf, set, from, to));
      return [tf.argMax(logits, 1), tf.max(tf.softmax(logits), 1)];
    });
    classes.set(taken.dataSync(), from);
    confidences.set(sure.dataSync(), from);
    tf.dispose([taken, sure]);
  }
  return { classes, confidences };
}

/**
 * Returns the logits of a trained head, row-major, rows × classes, and its metrics. Disposes every tensor it creates.
 */
export function askHead(
  tf: Tf,
  shape: HeadShape,
  weights: Weights<Float32Array>,
  set: FeatureSet,
): ValidationValues & { readonly logits: Float32Array } {
  const tensors = toTensors(tf, WEIGHT_NAMES, weights, shape);
  try {
    const logits = new Float32Array(set.count * shape.classes);
    for (const { from, to } of pieces(set.count)) {
      const piece = tf.tidy(() => predictLogits(tf, tensors, rowsOf(tf, set, from, to)));
      logits.set(piece.dataSync(), from * shape.classes);
      piece.dispose();
    }
    return { ...evaluateHead(tf, tensors, set), logits };
  } finally {
    tf.dispose(Object.values<Tensor>(tensors));
  }
}

/** Returns the value of a scalar tensor and disposes it. */
export function takeNumber(scalar: Scalar): number {
  const value = at(scalar.dataSync(), 0);
  scalar.dispose();
  return value;
}

function pieces(count: number): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil(count / ROWS_AT_ONCE) }, (_, index) => {
    const from = index * ROWS_AT_ONCE;
    return { from, to: Math.min(count, from + ROWS_AT_ONCE) };
  });
}

function rowsOf(tf: Tf, { features, width }: FeatureSet, from: number, to: number): Tensor2D {
  return tf.tensor2d(features.subarray(from * width, to * width), [to - from, width], "float32");
}

/** Runs a network in inference mode on whole sources: with moving statistics and without dropout. */
import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import type { ValidationValues } from "../metrics.ts";
import { describe, sizeOf } from "../model/layers.ts";
import type { Weights } from "../model/network_weights.ts";
import { Turns } from "../turns.ts";
import type { BatchSource } from "./batches.ts";
import { classCounts, classFigures } from "./class_figures.ts";
import { toTensors } from "./initial_weights.ts";
import type { Answers } from "./mistakes.ts";
import { crossEntropy, predictLogits } from "./step.ts";

/** The maximum number of rows in one call. Affects results only by rounding. */
const MOST_ROWS = 512;
/** The maximum number of values in the largest output of a layer, 64 MB. Bounds the memory that a call needs. */
const MOST_VALUES = 1 << 24;

/** What a network says about the rows of a source, and how good it is. */
export interface Outcome {
  readonly values: ValidationValues;
  /** The class with the largest logit, by row. */
  readonly classes: Int32Array;
  /** Row-major, rows × classes. */
  readonly logits: Float32Array;
}

/**
 * Returns the logits of all rows of a source, and the metrics: mean sparse cross-entropy, accuracy and the class
 * metrics. Signals and messages are processed between two calls. Disposes every tensor it creates.
 */
export async function evaluateNetwork(
  tf: Tf,
  layers: readonly LayerSpec[],
  weights: Weights<Tensor>,
  source: BatchSource,
): Promise<Outcome> {
  const turns = new Turns();
  const outputs = describe(layers).map(({ outputShape }) => sizeOf(outputShape.slice(1).map((extent) => extent ?? 0)));
  const width = at(outputs, outputs.length - 1);
  const rowsAtOnce = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / Math.max(...outputs))));
  const classes = new Int32Array(source.count);
  const logits = new Float32Array(source.count * width);
  let loss = 0;
  for (let from = 0; from < source.count; from += rowsAtOnce) {
    if (from > 0) await turns.next();
    const to = Math.min(source.count, from + rowsAtOnce);
    const input = await source.gather(range(from, to));
    if (to < source.count) source.prefetch?.(range(to, Math.min(source.count, to + rowsAtOnce)));
    const [meanLoss, taken, found] = tf.tidy((): [Scalar, Tensor, Tensor] => {
      const labels: Tensor1D = tf.tensor1d(source.labels.subarray(from, to), "int32");
      const output = predictLogits(tf, layers, weights, tf.tensor(input, [to - from, ...source.shape], "float32"));
      return [crossEntropy(tf, output, labels), tf.argMax(output, 1), output];
    });
    loss += takeNumber(meanLoss) * (to - from);
    classes.set(taken.dataSync(), from);
    logits.set(found.dataSync(), from * width);
    tf.dispose([taken, found]);
  }
  const counts = classCounts(source.labels, classes, width);
  const correct = counts.right.reduce((sum, right) => sum + right, 0);
  const values = { loss: loss / source.count, accuracy: correct / source.count, ...classFigures(counts) };
  return { values, classes, logits };
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, index) => from + index);
}

/** Evaluates a trained network, given its weights as arrays. Disposes every tensor it creates. */
export async function askNetwork(
  tf: Tf,
  layers: readonly LayerSpec[],
  weights: Weights<Float32Array>,
  source: BatchSource,
): Promise<Outcome> {
  const tensors = toTensors(tf, layers, weights);
  try {
    return await evaluateNetwork(tf, layers, tensors, source);
  } finally {
    tf.dispose(Object.values<Tensor>(tensors));
  }
}

/** Returns the class of each row, and its confidence: the softmax of its logit. */
export function answersOf({ classes, logits }: Pick<Outcome, "classes" | "logits">): Answers {
  const width = logits.length / classes.length;
  const confidences = Float32Array.from(classes, (taken, row) => {
    const own = logits.subarray(row * width, (row + 1) * width);
    const largest = at(own, taken);
    return 1 / own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  });
  return { classes, confidences };
}

/** Returns the value of a scalar tensor and disposes it. */
export function takeNumber(scalar: Scalar): number {
  const value = at(scalar.dataSync(), 0);
  scalar.dispose();
  return value;
}

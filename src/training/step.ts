/**
 * One training step as a function of tensors. It keeps no state, draws no random numbers and reads no values, so it can
 * be run eagerly or recorded as one graph.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { at } from "../at.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import { forward, type ForwardPass } from "../model/forward.ts";
import { byName, named, type Weights } from "../model/network_weights.ts";
import { ADAM, adamUpdate, type Moments } from "./adam.ts";

/** The batch that a step trains on, as tensors. */
export interface BatchTensors {
  /** float32, batch × the shape of the network's input. */
  readonly input: Tensor;
  /** int32, batch. */
  readonly labels: Tensor1D;
  /** float32, by the name of the dropout layer: 0 or 1 / (1 - rate). */
  readonly masks: Weights<Tensor>;
  /** float32, batch: the factor for each row's loss; null if all rows have equal weight. */
  readonly sampleWeights: Tensor1D | null;
}

/** The tensors that a training step updates. */
export type StepState = {
  readonly weights: Weights<Tensor>;
  /** Of the trainable weights. */
  readonly moments: Moments;
};

/** The updated tensors and the results of a training step. */
export type StepResult = StepState & {
  /** The mean loss of the batch. With sample weights, the mean of the weighted losses. */
  readonly loss: Scalar;
  /** int32: the number of correctly predicted rows, with dropout. */
  readonly correct: Scalar;
};

/**
 * Returns the mean sparse cross-entropy from logits. With sample weights, the sum of the weighted losses is divided by
 * the number of rows, not by the sum of the weights (Keras's reduction `sum_over_batch_size`).
 */
export function crossEntropy(
  tf: Tf,
  logits: Tensor2D,
  labels: Tensor1D,
  sampleWeights: Tensor1D | null = null,
): Scalar {
  const classes = logits.shape[1];
  const chosen = tf.mul(tf.oneHot(labels, classes).cast("float32"), tf.logSoftmax(logits));
  const rows = tf.sum(chosen, 1);
  return tf.neg(tf.mean(sampleWeights === null ? rows : tf.mul(rows, sampleWeights)));
}

/** Returns, as int32, the number of rows in which the largest logit is that of the label. */
function countCorrect(tf: Tf, logits: Tensor2D, labels: Tensor1D): Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "int32"));
}

/** Returns logits in inference mode: with moving statistics and without dropout. */
export function predictLogits(tf: Tf, layers: readonly LayerSpec[], weights: Weights<Tensor>, input: Tensor): Tensor2D {
  return tf.tidy(() => forward(tf, layers, weights, input, "inference").output as Tensor2D);
}

/** The loss of a batch and its gradients, with all that the pass has computed on the way. */
export interface LossAndGradients extends ForwardPass {
  readonly loss: Scalar;
  /** By the names of the trainable weights. */
  readonly gradients: Weights<Tensor>;
}

/** Runs the network in training mode, forward and backward. Call inside `tf.tidy`. */
export function lossAndGradients(
  tf: Tf,
  layers: readonly LayerSpec[],
  weights: Weights<Tensor>,
  trained: readonly string[],
  { input, labels, masks, sampleWeights }: BatchTensors,
): LossAndGradients {
  let pass: ForwardPass | undefined;
  const lossOf = (...tensors: Tensor[]): Scalar => {
    const current = { ...weights, ...byName(trained, (_, index) => at(tensors, index)) };
    pass = forward(tf, layers, current, input, { masks });
    tf.keep(pass.output);
    for (const moving of Object.values(pass.moving)) tf.keep(moving);
    return crossEntropy(tf, pass.output as Tensor2D, labels, sampleWeights);
  };
  const { value, grads } = tf.valueAndGrads(lossOf)(trained.map((name) => named(weights, name)));
  if (!pass) throw new Error("tfjs did not run the forward pass");
  // What had to be kept until here is from now on freed by the caller's `tf.tidy`, as the gradients are.
  const release = (kept: Tensor): Tensor => {
    const copy = kept.clone();
    kept.dispose();
    return copy;
  };
  const { moving } = pass;
  return {
    output: release(pass.output),
    moving: byName(Object.keys(moving), (name) => release(named(moving, name))),
    loss: value,
    gradients: byName(trained, (_, index) => at(grads, index)),
  };
}

/**
 * Runs one training step: batch statistics, dropout, gradients, Adam and moving averages. Returns new tensors and does
 * not change the given ones; the caller disposes both.
 *
 * @param alpha a scalar: Adam's step size including the bias correction (`adamAlpha`)
 */
export function trainingStep(
  tf: Tf,
  layers: readonly LayerSpec[],
  { weights, moments }: StepState,
  batch: BatchTensors,
  alpha: Scalar,
): StepResult {
  return tf.tidy(() => {
    const { output, moving, loss, gradients } = lossAndGradients(tf, layers, weights, Object.keys(moments.m), batch);
    const correct = countCorrect(tf, output as Tensor2D, batch.labels);
    const updated = adamUpdate(tf, weights, moments, gradients, alpha, ADAM);
    return { weights: { ...updated.weights, ...moving }, moments: updated.moments, loss, correct };
  });
}

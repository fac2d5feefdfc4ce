/**
 * The head as functions of tensors: forward pass, loss and one training step. These functions keep no state, draw no
 * random numbers and read no values, so a step can be run eagerly or recorded as one graph.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import { ADAM, adamUpdate, type Moments } from "./adam.ts";
import { mapNames, type Trainable, TRAINABLE_NAMES, type Weights } from "./head_weights.ts";

/** Keras's default values for BatchNormalization. */
export const BATCH_NORM = { momentum: 0.99, epsilon: 0.001 };

/** The batch that a step trains on, as tensors. */
export interface BatchTensors {
  /** float32, batch × width. */
  readonly features: Tensor2D;
  /** int32, batch. */
  readonly labels: Tensor1D;
  /** float32, batch × hidden: 0 or 1 / (1 - rate); null without dropout. */
  readonly mask: Tensor2D | null;
  /** float32, batch: the factor for each row's loss; null if all rows have equal weight. */
  readonly sampleWeights: Tensor1D | null;
}

/** The tensors that a training step updates. */
export type StepState = {
  readonly weights: Weights<Tensor>;
  readonly moments: Moments;
};

/** The updated tensors and the results of a training step. */
export type StepResult = StepState & {
  /** The mean loss of the batch. With sample weights, the mean of the weighted losses. */
  readonly loss: Scalar;
  /** int32: the number of correctly predicted rows, with dropout. */
  readonly correct: Scalar;
};

/** Returns logits (batch × classes) from normalized features. */
function dense(tf: Tf, normalized: Tensor2D, weights: Trainable<Tensor>, mask: Tensor2D | null): Tensor2D {
  const hidden = tf.relu(tf.add(tf.matMul(normalized, weights.kernel as Tensor2D), weights.bias));
  const kept = mask === null ? hidden : tf.mul(hidden, mask);
  return tf.add(tf.matMul(kept as Tensor2D, weights.output_kernel as Tensor2D), weights.output_bias);
}

/** Returns the features normalized with this mean and variance, then scaled by gamma and shifted by beta. */
function normalize(
  tf: Tf,
  features: Tensor2D,
  mean: Tensor,
  variance: Tensor,
  gamma: Tensor,
  beta: Tensor,
): Tensor2D {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM.epsilon)));
  return tf.add(tf.mul(tf.sub(features, mean), scale), beta);
}

/** Returns the tensors of a list, as tfjs passes them, by the names of the weights. */
function byName(list: readonly Tensor[]): Trainable<Tensor> {
  return mapNames(TRAINABLE_NAMES, (name) => {
    const tensor = list[TRAINABLE_NAMES.indexOf(name)];
    if (!tensor) throw new Error(`tfjs returned no tensor for ${name}`);
    return tensor;
  });
}

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
export function predictLogits(tf: Tf, weights: Weights<Tensor>, features: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const normalized = normalize(
      tf,
      features,
      weights.moving_mean,
      weights.moving_variance,
      weights.gamma,
      weights.beta,
    );
    return dense(tf, normalized, weights, null);
  });
}

/**
 * Runs one training step: batch statistics, dropout, gradients, Adam and moving averages. Returns new tensors and does
 * not change the given ones; the caller disposes both.
 *
 * @param alpha a scalar: Adam's step size including the bias correction (`adamAlpha`)
 */
export function trainingStep(tf: Tf, state: StepState, batch: BatchTensors, alpha: Scalar): StepResult {
  return tf.tidy(() => {
    const { weights, moments } = state;
    const { mean, variance } = tf.moments(batch.features, 0);
    let logits: Tensor2D | undefined;
    const lossOf = (...trained: Tensor[]): Scalar => {
      const current = byName(trained);
      const normalized = normalize(tf, batch.features, mean, variance, current.gamma, current.beta);
      logits = tf.keep(dense(tf, normalized, current, batch.mask));
      return crossEntropy(tf, logits, batch.labels, batch.sampleWeights);
    };
    const { value, grads } = tf.valueAndGrads(lossOf)(TRAINABLE_NAMES.map((name) => weights[name]));
    if (!logits) throw new Error("tfjs did not run the forward pass");
    const correct = countCorrect(tf, logits, batch.labels);
    logits.dispose();
    const updated = adamUpdate(tf, weights, moments, byName(grads), alpha, ADAM);
    const follow = (moving: Tensor, seen: Tensor): Tensor =>
      tf.add(tf.mul(moving, BATCH_NORM.momentum), tf.mul(seen, 1 - BATCH_NORM.momentum));
    return {
      weights: {
        ...updated.weights,
        moving_mean: follow(weights.moving_mean, mean),
        moving_variance: follow(weights.moving_variance, variance),
      },
      moments: updated.moments,
      loss: value,
      correct,
    };
  });
}

/**
 * The head as functions of tensors: forward pass, loss, one training step. Nothing here keeps state, draws random
 * numbers or reads a value, so a step can be run eagerly or be recorded as one graph.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import { ADAM, adamUpdate, type Moments } from "./adam.ts";
import { mapNames, type Trainable, TRAINABLE_NAMES, type Weights } from "./head_weights.ts";

/** Keras's defaults for BatchNormalization. */
export const BATCH_NORM = { momentum: 0.99, epsilon: 0.001 };

/** What a step is run on, as tensors. */
export interface BatchTensors {
  /** float32, batch × width. */
  readonly features: Tensor2D;
  /** int32, batch. */
  readonly labels: Tensor1D;
  /** float32, batch × hidden: 0 or 1 / (1 - rate); null where nothing is dropped. */
  readonly mask: Tensor2D | null;
  /** float32, batch: what each row's loss is multiplied by; null where all count alike. */
  readonly sampleWeights: Tensor1D | null;
}

export type StepState = {
  readonly weights: Weights<Tensor>;
  readonly moments: Moments;
};

export type StepResult = StepState & {
  /** Mean loss over the batch, of the weighted losses where there are sample weights. */
  readonly loss: Scalar;
  /** int32: how many of the batch were predicted right, dropout on. */
  readonly correct: Scalar;
};

/** Logits (batch × classes) from normalized features. */
function dense(tf: Tf, normalized: Tensor2D, weights: Trainable<Tensor>, mask: Tensor2D | null): Tensor2D {
  const hidden = tf.relu(tf.add(tf.matMul(normalized, weights.kernel as Tensor2D), weights.bias));
  const kept = mask === null ? hidden : tf.mul(hidden, mask);
  return tf.add(tf.matMul(kept as Tensor2D, weights.output_kernel as Tensor2D), weights.output_bias);
}

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

/** The tensors that tfjs hands over as a list, under their names again. */
function byName(list: readonly Tensor[]): Trainable<Tensor> {
  return mapNames(TRAINABLE_NAMES, (name) => {
    const tensor = list[TRAINABLE_NAMES.indexOf(name)];
    if (!tensor) throw new Error(`tfjs gave no tensor for ${name}`);
    return tensor;
  });
}

/**
 * Returns the mean sparse cross-entropy from logits. With sample weights it is the sum of the weighted losses divided by
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

/** int32: in how many rows the largest logit is the label's. */
function countCorrect(tf: Tf, logits: Tensor2D, labels: Tensor1D): Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "int32"));
}

/** Logits in inference mode: moving statistics, nothing dropped. */
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
 * One step of training: batch statistics, dropout, gradients, Adam, moving averages. Returns new tensors and leaves the
 * given ones alone; the caller disposes both.
 *
 * @param alpha scalar: Adam's step size with its bias correction (`adamAlpha`).
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

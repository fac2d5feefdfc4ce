/**
 * Adam in Keras's form (keras.optimizers.Adam.update_step): the bias correction is part of the step size, and epsilon
 * is added to the uncorrected second moment. The Adam of tfjs corrects the moments first. Its weights differ by 3e-4
 * after five epochs.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import { mapNames, type Trainable, TRAINABLE_NAMES, type TrainableName } from "./head_weights.ts";

/** Keras's default values. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** The running means of the gradients (m) and of their squares (v). */
export type Moments = {
  readonly m: Trainable<Tensor>;
  readonly v: Trainable<Tensor>;
};

/** Returns the step size of step number `step`, which counts from 1. The bias correction is included. */
export function adamAlpha(step: number, learningRate: number, { beta1, beta2 } = ADAM): number {
  return learningRate * Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step);
}

/** Returns new weights and moments, and does not change the given tensors. Call inside `tf.tidy`. */
export function adamUpdate(
  tf: Tf,
  weights: Trainable<Tensor>,
  moments: Moments,
  gradients: Trainable<Tensor>,
  alpha: Scalar,
  { beta1, beta2, epsilon } = ADAM,
): { weights: Trainable<Tensor>; moments: Moments } {
  const m = mapNames(
    TRAINABLE_NAMES,
    (name) => tf.add(moments.m[name], tf.mul(tf.sub(gradients[name], moments.m[name]), 1 - beta1)),
  );
  const v = mapNames(
    TRAINABLE_NAMES,
    (name) => tf.add(moments.v[name], tf.mul(tf.sub(tf.square(gradients[name]), moments.v[name]), 1 - beta2)),
  );
  const moved = (name: TrainableName): Tensor =>
    tf.sub(weights[name], tf.div(tf.mul(m[name], alpha), tf.add(tf.sqrt(v[name]), epsilon)));
  return { weights: mapNames(TRAINABLE_NAMES, moved), moments: { m, v } };
}

/**
 * Adam in Keras's form (keras.optimizers.Adam.update_step): the bias correction is part of the step size, and epsilon
 * is added to the uncorrected second moment. The Adam of tfjs corrects the moments first. Its weights differ by 3e-4
 * after five epochs.
 */
import type { Scalar, Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import { byName, named, type Weights } from "../model/network_weights.ts";

/** Keras's default values. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** The running means of the gradients (m) and of their squares (v). */
export type Moments = {
  readonly m: Weights<Tensor>;
  readonly v: Weights<Tensor>;
};

/** Returns the step size of step number `step`, which counts from 1. The bias correction is included. */
export function adamAlpha(step: number, learningRate: number, { beta1, beta2 } = ADAM): number {
  return learningRate * Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step);
}

/**
 * Returns new moments and new values of the weights that have moments, and does not change the given tensors. Call
 * inside `tf.tidy`.
 */
export function adamUpdate(
  tf: Tf,
  weights: Weights<Tensor>,
  moments: Moments,
  gradients: Weights<Tensor>,
  alpha: Scalar,
  { beta1, beta2, epsilon } = ADAM,
): { weights: Weights<Tensor>; moments: Moments } {
  const names = Object.keys(moments.m);
  const moved = (before: Weights<Tensor>, seen: (name: string) => Tensor, rate: number) =>
    byName(names, (name) => tf.add(named(before, name), tf.mul(tf.sub(seen(name), named(before, name)), 1 - rate)));
  const m = moved(moments.m, (name) => named(gradients, name), beta1);
  const v = moved(moments.v, (name) => tf.square(named(gradients, name)), beta2);
  const updated = (name: string): Tensor =>
    tf.sub(named(weights, name), tf.div(tf.mul(named(m, name), alpha), tf.add(tf.sqrt(named(v, name)), epsilon)));
  return { weights: byName(names, updated), moments: { m, v } };
}

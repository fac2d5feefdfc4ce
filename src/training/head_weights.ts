/**
 * The weights of the head: BatchNormalization, Dense (relu), Dropout, Dense (logits), in Keras's order. They are plain
 * arrays in snapshots and checkpoints, and tensors during training.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import { glorotUniform, stream } from "./random.ts";

/** The names in the order of Keras's `model.get_weights()`. All except the moving statistics are trained. */
export const WEIGHT_NAMES = [
  "gamma",
  "beta",
  "moving_mean",
  "moving_variance",
  "kernel",
  "bias",
  "output_kernel",
  "output_bias",
] as const;
export type WeightName = (typeof WEIGHT_NAMES)[number];

/** The names of the weights that are trained. */
export const TRAINABLE_NAMES = [
  "gamma",
  "beta",
  "kernel",
  "bias",
  "output_kernel",
  "output_bias",
] as const satisfies readonly WeightName[];
export type TrainableName = (typeof TRAINABLE_NAMES)[number];

/** The sizes of a head's layers. */
export interface HeadShape {
  /** The number of features per image. */
  readonly width: number;
  readonly hidden: number;
  readonly classes: number;
}

/** A value for each weight. */
export type Weights<T> = Readonly<Record<WeightName, T>>;
/** A value for each trained weight. */
export type Trainable<T> = Readonly<Record<TrainableName, T>>;

/** Returns the shape of each weight. */
export function weightShapes({ width, hidden, classes }: HeadShape): Weights<number[]> {
  return {
    gamma: [width],
    beta: [width],
    moving_mean: [width],
    moving_variance: [width],
    kernel: [width, hidden],
    bias: [hidden],
    output_kernel: [hidden, classes],
    output_bias: [classes],
  };
}

/**
 * Returns Keras's initial values: GlorotUniform kernels drawn from the seed, ones for gamma and the moving variance,
 * zeros for the rest.
 */
export function initialWeights(shape: HeadShape, seed: number): Weights<Float32Array> {
  const { width, hidden, classes } = shape;
  return {
    gamma: new Float32Array(width).fill(1),
    beta: new Float32Array(width),
    moving_mean: new Float32Array(width),
    moving_variance: new Float32Array(width).fill(1),
    kernel: glorotUniform(width, hidden, stream(seed, "kernel")),
    bias: new Float32Array(hidden),
    output_kernel: glorotUniform(hidden, classes, stream(seed, "output_kernel")),
    output_bias: new Float32Array(classes),
  };
}

/** Returns a record with these names, each with the value that `make` returns for it. */
export function mapNames<N extends string, T>(names: readonly N[], make: (name: N) => T): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<N, T>;
}

/** Returns tensors with the values of the arrays. The caller disposes them. */
export function toTensors<N extends WeightName>(
  tf: Tf,
  names: readonly N[],
  arrays: Readonly<Record<N, Float32Array>>,
  shape: HeadShape,
): Record<N, Tensor> {
  const shapes = weightShapes(shape);
  return mapNames(names, (name) => tf.tensor(arrays[name], shapes[name], "float32"));
}

/** Returns copies of the tensors' values. */
export function toArrays<N extends WeightName>(
  names: readonly N[],
  tensors: Readonly<Record<N, Tensor>>,
): Record<N, Float32Array> {
  return mapNames(names, (name) => Float32Array.from(tensors[name].dataSync()));
}

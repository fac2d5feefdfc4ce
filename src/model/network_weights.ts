/** The weights of a list of layers under their full names, as Keras has them in a file: "dense/kernel". */
import type { LayerSpec, Shape } from "../bases/layer_spec.ts";
import { describe, sizeOf } from "./layers.ts";

/** Values by a weight's full name. They are arrays in snapshots and checkpoints, and tensors during training. */
export type Weights<T> = Readonly<Record<string, T>>;

export interface NetworkWeight {
  /** The layer's name, a slash, and Keras's name of the weight. */
  readonly name: string;
  readonly shape: Shape;
  /** The number of values. */
  readonly size: number;
  readonly trainable: boolean;
}

/** Returns the weights of a list of layers in the order of Keras's `model.get_weights()`. */
export function networkWeights(layers: readonly LayerSpec[]): NetworkWeight[] {
  return describe(layers).flatMap(({ name: layer, weights }) =>
    weights.map(({ name, shape, trainable }) => ({ name: `${layer}/${name}`, shape, size: sizeOf(shape), trainable }))
  );
}

/** Returns the names of the weights that training changes by gradients, in Keras's order. */
export function trainableNames(layers: readonly LayerSpec[]): string[] {
  return networkWeights(layers).filter(({ trainable }) => trainable).map(({ name }) => name);
}

/** Returns a record with these names, each with the value that `make` returns for it. */
export function byName<T>(names: readonly string[], make: (name: string, index: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, index) => [name, make(name, index)]));
}

/** Returns the value under a name. @throws RangeError if there is none */
export function named<T>(values: Weights<T>, name: string): T {
  const value = values[name];
  if (value === undefined) throw new RangeError(`there is no weight ${name}`);
  return value;
}

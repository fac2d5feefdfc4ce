/** The initial weights of a network, and weights as tensors and as arrays. */
import type { Tensor } from "@tensorflow/tfjs";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import { byName, named, type NetworkWeight, networkWeights, type Weights } from "../model/network_weights.ts";
import { glorotUniform, stream } from "./random.ts";

/**
 * The random streams of two kernels that were named before heads became lists of layers. Every other kernel is drawn
 * from a stream of its own full name.
 */
const STREAMS: Readonly<Record<string, string>> = { "dense/kernel": "kernel", "dense_1/kernel": "output_kernel" };

/**
 * Returns Keras's initial values: GlorotUniform kernels drawn from the seed, ones for gamma and the moving variance,
 * zeros for the rest.
 */
export function initialWeights(layers: readonly LayerSpec[], seed: number): Weights<Float32Array> {
  return Object.fromEntries(networkWeights(layers).map((weight) => [weight.name, initialValues(weight, seed)]));
}

function initialValues({ name, shape, size }: NetworkWeight, seed: number): Float32Array {
  switch (name.slice(name.lastIndexOf("/") + 1)) {
    case "kernel":
      return glorotUniform(shape, stream(seed, STREAMS[name] ?? name));
    case "gamma":
    case "moving_variance":
      return new Float32Array(size).fill(1);
    case "beta":
    case "moving_mean":
    case "bias":
      return new Float32Array(size);
    default:
      throw new Error(`weight ${name} cannot be trained`);
  }
}

/** Returns arrays of zeros with the lengths of the given ones. */
export function zerosLike(arrays: Weights<Float32Array>): Weights<Float32Array> {
  return byName(Object.keys(arrays), (name) => new Float32Array(named(arrays, name).length));
}

/** Returns tensors with the values of the arrays. The caller disposes them. */
export function toTensors(
  tf: Tf,
  layers: readonly LayerSpec[],
  arrays: Weights<Float32Array>,
): Record<string, Tensor> {
  const given = networkWeights(layers).filter(({ name }) => arrays[name] !== undefined);
  return Object.fromEntries(
    given.map(({ name, shape }) => [name, tf.tensor(named(arrays, name), [...shape], "float32")]),
  );
}

/** Returns copies of the tensors' values. */
export function toArrays(tensors: Weights<Tensor>): Record<string, Float32Array> {
  return byName(Object.keys(tensors), (name) => Float32Array.from(named(tensors, name).dataSync()));
}

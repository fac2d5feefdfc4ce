/**
 * The random base, whose weights replace the published ones when those are not available. Kernels are He-uniform. The
 * batch-normalization statistics are measured on real images, so that every layer's outputs have an ordinary scale.
 * With Keras's own initial values, the features of a deep base hardly vary and nothing can be learned from them.
 */
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { valueOf } from "../at.ts";
import type { Tf } from "../engine/engine.ts";
import { buildBase, disposeBase, type Layer } from "./build.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { describe, type LayerRow, sizeOf, type WeightSpec } from "./layers.ts";
import type { LayerWeights, Weight } from "./weights.ts";

/** Independent of the run's seed, so that the random base is the same in every run. */
export const RANDOM_BASE_SEED = 121;
/** Increment this whenever the generated weights change: the keys of features include it. */
export const RANDOM_BASE_VERSION = 1;
/** The number of images that the statistics are measured on. */
export const RANDOM_BASE_IMAGES = 32;

/**
 * Returns weights for each layer that has any, in the list's order, as `matchWeights` returns them and
 * `writeKerasWeights` accepts them. The same images on the same engine give the same weights, bit for bit.
 *
 * @param images preprocessed images, n × size × size × 3. The caller disposes them.
 */
export function randomBaseWeights(tf: Tf, specs: readonly LayerSpec[], images: Tensor4D): LayerWeights[] {
  const random = xoroshiro128plus(RANDOM_BASE_SEED);
  const start = describe(specs).filter((row) => row.weights.length > 0).map((row) => startWeights(row, random));
  const model = buildBase(tf, specs, start);
  try {
    const measured = measureBatchNorms(tf, specs, (name) => model.getLayer(name), images);
    return start.map((layer) => withStatistics(layer, measured.get(layer.name)));
  } finally {
    disposeBase(model);
  }
}

interface Statistics {
  readonly moving_mean: Float32Array;
  readonly moving_variance: Float32Array;
}

/**
 * Returns initial weights: kernels uniform within ±sqrt(6 / fan in) (He et al. 2015), and Keras's initial values for
 * the rest.
 */
function startWeights({ name, weights }: LayerRow, random: RandomGenerator): LayerWeights {
  return { name, weights: weights.map((weight) => ({ ...weight, data: startValues(weight, random) })) };
}

function startValues({ name, shape }: WeightSpec, random: RandomGenerator): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (name === "gamma" || name === "moving_variance") return data.fill(1);
  if (name !== "kernel") return data;
  const limit = Math.sqrt(6 / sizeOf(shape.slice(0, -1)));
  return data.map(() => (uniformFloat32(random) * 2 - 1) * limit);
}

/**
 * Runs the layers in order. Before each batch normalization runs, its statistics are set to those of its input. A
 * layer's output is freed once the last layer that needs it has run.
 */
function measureBatchNorms(
  tf: Tf,
  specs: readonly LayerSpec[],
  layerOf: (name: string) => Layer,
  images: Tensor4D,
): Map<string, Statistics> {
  const statistics = new Map<string, Statistics>();
  const waiting = new Map<string, { tensor: Tensor; readers: number }>();
  for (const spec of specs) {
    const inputs = spec.inputs.map((name) => valueOf(waiting, name).tensor);
    if (spec.type === "BatchNormalization") {
      statistics.set(spec.name, measure(tf, layerOf(spec.name), inputs));
    }
    const output = spec.type === "InputLayer" ? images.clone() : forward(tf, layerOf(spec.name), inputs);
    waiting.set(spec.name, { tensor: output, readers: specs.filter((next) => next.inputs.includes(spec.name)).length });
    for (const name of [spec.name, ...spec.inputs]) {
      const entry = waiting.get(name);
      if (!entry) continue;
      if (name !== spec.name) entry.readers--;
      if (entry.readers > 0) continue;
      entry.tensor.dispose();
      waiting.delete(name);
    }
  }
  return statistics;
}

/** Sets the statistics of a batch normalization to the per-channel mean and variance of its input. Returns them. */
function measure(tf: Tf, layer: Layer, [input]: readonly Tensor[]): Statistics {
  if (!input) throw new Error(`layer ${layer.name} has no input`);
  const { mean, variance } = tf.tidy(() => tf.moments(input, [...input.shape.keys()].slice(0, -1)));
  const [gamma, beta] = layer.getWeights();
  if (!gamma || !beta) throw new Error(`layer ${layer.name} has no gamma and beta`);
  layer.setWeights([gamma, beta, mean, variance]);
  const statistics = {
    moving_mean: Float32Array.from(mean.dataSync()),
    moving_variance: Float32Array.from(variance.dataSync()),
  };
  tf.dispose([mean, variance]);
  return statistics;
}

function forward(tf: Tf, layer: Layer, inputs: Tensor[]): Tensor {
  return tf.tidy(() => {
    const output = layer.apply(inputs, { training: false });
    if (output instanceof tf.Tensor) return output;
    throw new Error(`layer ${layer.name} did not return one tensor`);
  });
}

/** Returns a layer's weights with the measured statistics in place of the initial ones. */
function withStatistics(layer: LayerWeights, statistics: Statistics | undefined): LayerWeights {
  if (!statistics) return layer;
  const measured = ({ name, data }: Weight) =>
    name === "moving_mean" || name === "moving_variance" ? statistics[name] : data;
  return { name: layer.name, weights: layer.weights.map((weight) => ({ ...weight, data: measured(weight) })) };
}

/**
 * The random base, whose weights replace the published ones when those are not available. Kernels are He-uniform. The
 * batch-normalization statistics are measured on real images, so that every layer's outputs have an ordinary scale.
 * With Keras's own initial values, the features of a deep base hardly vary and nothing can be learned from them.
 */
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { at, valueOf } from "../at.ts";
import type { Tf } from "../engine/engine.ts";
import { computeLayer, runLayers, tensorsOf } from "./build.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { WeightRole } from "./kinds/kind.ts";
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
  const rows = describe(specs).filter((row) => row.weights.length > 0);
  const weights = new Map(rows.map((row) => [row.name, startWeights(row, random)]));
  const specOf = new Map(rows.map((row) => [row.name, row.weights]));
  const output = runLayers(specs, images, (spec, inputs) => {
    const own = weights.get(spec.name);
    const measured = own && withStatistics(tf, own, valueOf(specOf, spec.name), inputs);
    if (measured) weights.set(spec.name, measured);
    const tensors = tensorsOf(tf, measured);
    try {
      return computeLayer(tf, spec, inputs, tensors);
    } finally {
      tf.dispose([...tensors.values()]);
    }
  });
  output.dispose();
  return [...weights.values()];
}

/**
 * Returns initial weights: kernels uniform within ±sqrt(6 / fan in) (He et al. 2015), and Keras's initial values for
 * the rest.
 */
function startWeights({ name, weights }: LayerRow, random: RandomGenerator): LayerWeights {
  return { name, weights: weights.map((weight) => ({ ...weight, data: startValues(weight, random) })) };
}

function startValues({ role, shape, fanIn }: WeightSpec, random: RandomGenerator): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (role === "gamma" || role === "variance") return data.fill(1);
  if (role !== "kernel" || fanIn === undefined) return data;
  const limit = Math.sqrt(6 / fanIn);
  return data.map(() => (uniformFloat32(random) * 2 - 1) * limit);
}

/**
 * Returns the weights of a layer, with the per-channel mean and variance of its input as its statistics if it has any.
 */
function withStatistics(
  tf: Tf,
  layer: LayerWeights,
  specs: readonly WeightSpec[],
  inputs: readonly Tensor[],
): LayerWeights {
  const roles = specs.map(({ role }) => role);
  if (!roles.includes("mean") && !roles.includes("variance")) return layer;
  const input = at(inputs, 0);
  const moments = tf.tidy(() => tf.moments(input, [...input.shape.keys()].slice(0, -1)));
  const measured = (weight: Weight, role: WeightRole | undefined) =>
    role === "mean" || role === "variance" ? Float32Array.from(moments[role].dataSync()) : weight.data;
  const weights = layer.weights.map((weight, index) => ({ ...weight, data: measured(weight, roles[index]) }));
  tf.dispose([moments.mean, moments.variance]);
  return { name: layer.name, weights };
}

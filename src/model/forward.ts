/**
 * Runs a list of layers on tensors, in training or in inference mode. The functions keep no state, draw no random
 * numbers and read no values, so the pass can be run op by op or recorded as a graph, with or without gradients.
 */
import type { Tensor } from "@tensorflow/tfjs";
import { at, valueOf } from "../at.ts";
import type { ActivationName, LayerOfType, LayerSpec } from "../bases/layer_spec.ts";
import type { Tf } from "../engine/engine.ts";
import { activate } from "./kinds/activations.ts";
import type { LayerTensors } from "./kinds/kind.ts";
import { kindOf } from "./kinds/kinds.ts";
import type { Weights } from "./network_weights.ts";

/**
 * How the layers behave. In training, batch normalization uses the statistics of the batch, and the given masks decide
 * which units are dropped. In inference, it uses the moving statistics, and nothing is dropped.
 */
export type Mode = "inference" | {
  /**
   * The masks for inverted dropout by the layer's name, each of the shape of the layer's input: 0 or 1 / (1 - rate).
   * Dropout layers without one change nothing.
   */
  readonly masks: Weights<Tensor>;
};

export interface ForwardPass {
  /** The output of the last layer. */
  readonly output: Tensor;
  /** The updated moving statistics, by the weight's full name. Empty in inference mode. */
  readonly moving: Weights<Tensor>;
}

/**
 * Runs a list of layers. The result may share memory with the input or the weights; call inside `tf.tidy`.
 *
 * @param layers the list, with one input layer
 * @param weights the weights by full name, at least those of the layers
 * @param input a batch of the input layer's shape
 */
export function forward(
  tf: Tf,
  layers: readonly LayerSpec[],
  weights: Weights<Tensor>,
  input: Tensor,
  mode: Mode,
): ForwardPass {
  const ofLayers = tensorsOfLayers(weights);
  const pooledFirst = poolingsOfConvolutions(layers);
  const bare = new Set(pooledFirst.values());
  const outputs = new Map<string, Tensor>();
  let moving: Weights<Tensor> = {};
  let output = input;
  for (const layer of layers) {
    if (layer.type !== "InputLayer") {
      const inputs = layer.inputs.map((name) => valueOf(outputs, name));
      const own: LayerTensors = ofLayers.get(layer.name) ?? new Map();
      const convolution = pooledFirst.get(layer.name);
      if (layer.type === "BatchNormalization") {
        const normalized = normalize(tf, layer, at(inputs, 0), own, mode);
        output = normalized.output;
        moving = { ...moving, ...normalized.moving };
      } else if (mode !== "inference" && layer.type === "Dropout") {
        const mask = mode.masks[layer.name];
        output = mask === undefined ? at(inputs, 0) : tf.mul(at(inputs, 0), mask);
      } else if (layer.type === "Conv2D" && bare.has(layer)) {
        const kernel = new Map([...own].filter(([name]) => name === "kernel"));
        output = kindOf(layer.type).compute(tf, { ...layer, bias: false, activation: "linear" }, inputs, kernel);
      } else {
        output = kindOf(layer.type).compute(tf, layer, inputs, own);
        if (convolution) output = biased(tf, convolution, output, ofLayers.get(convolution.name) ?? new Map());
      }
    }
    outputs.set(layer.name, output);
  }
  return { output, moving };
}

type Convolution = LayerOfType<"Conv2D">;

/** Activations that keep the order of values, so that the largest value before is the largest one after. */
const MONOTONE: readonly (ActivationName | undefined)[] = [undefined, "linear", "relu"];

/**
 * Returns the convolutions whose output goes to a max pooling alone, by the pooling's name. Their bias and activation
 * can follow the pooling, where there is a quarter of the values: the results are the same to the bit, a training step
 * is a tenth shorter, and inference a sixth.
 */
function poolingsOfConvolutions(layers: readonly LayerSpec[]): ReadonlyMap<string, Convolution> {
  const found = new Map<string, Convolution>();
  for (const layer of layers) {
    if (layer.type !== "Conv2D" || !MONOTONE.includes(layer.activation)) continue;
    const readers = layers.filter(({ inputs }) => inputs.includes(layer.name));
    const [reader] = readers;
    if (readers.length === 1 && reader?.type === "MaxPooling2D") found.set(reader.name, layer);
  }
  return found;
}

/** Returns what a convolution's bias and activation make of its values. */
function biased(tf: Tf, { activation = "linear" }: Convolution, values: Tensor, weights: LayerTensors): Tensor {
  const bias = weights.get("bias");
  return activate(tf, activation, bias ? tf.add(values, bias) : values);
}

/** Returns the weights of each layer by their short names. */
function tensorsOfLayers(weights: Weights<Tensor>): Map<string, Map<string, Tensor>> {
  const layers = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of Object.entries(weights)) {
    const slash = name.lastIndexOf("/");
    const layer = name.slice(0, slash);
    layers.set(layer, (layers.get(layer) ?? new Map<string, Tensor>()).set(name.slice(slash + 1), tensor));
  }
  return layers;
}

/**
 * Normalizes each channel over all other axes, as Keras does: by the statistics of the batch, which the moving ones
 * then follow, or in inference by the moving ones. Both modes run the same ops, which have gradients on every engine.
 */
function normalize(
  tf: Tf,
  { name, momentum, epsilon }: LayerOfType<"BatchNormalization">,
  x: Tensor,
  weights: LayerTensors,
  mode: Mode,
): ForwardPass {
  const before = { mean: valueOf(weights, "moving_mean"), variance: valueOf(weights, "moving_variance") };
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const { mean, variance } = mode === "inference" ? before : tf.moments(x, axes);
  const [gamma, beta] = [weights.get("gamma"), weights.get("beta")];
  const deviation = tf.rsqrt(tf.add(variance, epsilon));
  const scaled = tf.mul(tf.sub(x, mean), gamma ? tf.mul(gamma, deviation) : deviation);
  const output = beta ? tf.add(scaled, beta) : scaled;
  if (mode === "inference") return { output, moving: {} };
  const follow = (moving: Tensor, seen: Tensor): Tensor => tf.add(tf.mul(moving, momentum), tf.mul(seen, 1 - momentum));
  return {
    output,
    moving: {
      [`${name}/moving_mean`]: follow(before.mean, mean),
      [`${name}/moving_variance`]: follow(before.variance, variance),
    },
  };
}

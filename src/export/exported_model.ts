/**
 * A trained model as one network: from pixels to the probabilities of its classes. Every export format is made from it.
 */
import { at } from "../at.ts";
import { LayerChain } from "../bases/chain.ts";
import { KerasNames } from "../bases/keras_names.ts";
import type { LayerKind, LayerSpec } from "../bases/layer_spec.ts";
import type { Resize } from "../config.ts";
import { describe } from "../model/layers.ts";
import { namesApart } from "../model/names_apart.ts";
import { named, type Weights } from "../model/network_weights.ts";
import type { LayerWeights } from "../model/weights.ts";

/** A trained model with all that a format needs of it. */
export interface ExportedModel {
  /** The run's id, with characters that Keras allows in a model's name. */
  readonly name: string;
  /**
   * The layers, from the input layer, which takes size × size pixels of 0…255, to the softmax. Each layer comes after
   * its inputs, and only the first one is an input layer.
   */
  readonly layers: readonly LayerSpec[];
  /** The weights of each layer that has any, in the order of the layers and with Keras's short names. */
  readonly weights: readonly LayerWeights[];
  /** The names of the classes, in the order of the probabilities. */
  readonly classes: readonly string[];
  /** The height and width of the images that the model takes, in pixels. */
  readonly size: number;
  /** How images of other sizes were resized for training. */
  readonly resize: Resize;
}

/** A network, or a part of one, with its weights. Its first layer is an input layer. */
export interface NetworkPart {
  readonly layers: readonly LayerSpec[];
  readonly weights: readonly LayerWeights[];
}

const INPUT = "input_layer";

/**
 * Joins the parts of a trained model: preprocessing, frozen base and head. The last layer, which gives the logits, gets
 * a softmax.
 *
 * @param size the height and width of the images, in pixels
 * @param preprocessing the layers that turn pixels into the base's input
 * @param base the frozen base; null for a network that is trained from scratch
 * @param trained the layers that were trained, which end with a Dense layer without activation
 * @throws Error if a part does not begin with its input layer, or `trained` does not end with logits
 */
export function joinParts(
  size: number,
  preprocessing: readonly LayerKind[],
  base: NetworkPart | null,
  trained: NetworkPart,
): NetworkPart {
  const parts = [base, trained].filter((part) => part !== null).map(withoutInputName);
  const names = new KerasNames(new Set(parts.flatMap(({ layers }) => layers.map(({ name }) => name))));
  const chain = new LayerChain(false);
  let end = chain.add(INPUT, { type: "InputLayer", shape: [size, size, 3] });
  for (const kind of preprocessing) end = chain.add(names.next(kind.type), kind);
  const layers = [...chain.layers];
  for (const part of parts) {
    const [input, ...rest] = part.layers;
    if (input?.type !== "InputLayer") throw new Error("a part of a network begins with its input layer");
    const border = end;
    for (const layer of rest) {
      layers.push({ ...layer, inputs: layer.inputs.map((name) => name === input.name ? border : name) });
    }
    end = at(rest, rest.length - 1).name;
  }
  return { layers: withSoftmax(layers), weights: parts.flatMap(({ weights }) => weights) };
}

/** Renames a layer that has the name of the whole network's input layer. */
function withoutInputName({ layers, weights }: NetworkPart): NetworkPart {
  const renamed = namesApart(layers, [INPUT]);
  return {
    layers: layers.map((layer) => ({ ...layer, name: renamed(layer.name), inputs: layer.inputs.map(renamed) })),
    weights: weights.map((layer) => ({ ...layer, name: renamed(layer.name) })),
  };
}

function withSoftmax(layers: readonly LayerSpec[]): readonly LayerSpec[] {
  const last = layers.at(-1);
  if (last?.type !== "Dense" || last.activation !== "linear") throw new Error("a trained network ends with logits");
  return [...layers.slice(0, -1), { ...last, activation: "softmax" }];
}

/**
 * Groups weights by layer.
 *
 * @param values the weights by their full names, `LAYER/WEIGHT`
 * @returns the weights of each layer that has any, in the order of the layers
 */
export function weightsOfLayers(layers: readonly LayerSpec[], values: Weights<Float32Array>): LayerWeights[] {
  return describe(layers).filter(({ weights }) => weights.length > 0).map(({ name: layer, weights }) => ({
    name: layer,
    weights: weights.map(({ name, shape }) => ({ name, shape, data: named(values, `${layer}/${name}`) })),
  }));
}

/**
 * Removes the reversal of channels with which the preprocessing of VGG, ResNet and SqueezeNet begins. Not every program
 * supports such a layer: Keras before 3.10 cannot read the operations that newer versions write for it.
 */
import { at } from "../at.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import type { LayerWeights, Weight } from "../model/weights.ts";
import type { NetworkPart } from "./exported_model.ts";

/**
 * Returns the same network without its reversals, as far as they can be removed. The input channels of the next
 * convolution's kernel are reversed instead, and so are the values per channel of the layers between. The products stay
 * the same. Only the order in which they are added differs.
 */
export function foldReversals(network: NetworkPart): NetworkPart {
  return network.layers.filter(({ type }) => type === "ReverseChannels").reduce(fold, network);
}

function fold(network: NetworkPart, reversal: LayerSpec): NetworkPart {
  const changed = new Map<string, LayerSpec>();
  let last = reversal.name;
  for (;;) {
    const readers = network.layers.filter(({ inputs }) => inputs.includes(last));
    const [layer] = readers;
    if (layer === undefined || readers.length > 1) return network;
    if (layer.type === "Conv2D") return without(network, reversal, changed, layer.name);
    const mirrored = mirror(layer);
    if (mirrored === null) return network;
    changed.set(layer.name, mirrored);
    last = layer.name;
  }
}

/** Returns the layer for channels in reversed order, or null if it does not process each channel separately. */
function mirror(layer: LayerSpec): LayerSpec | null {
  switch (layer.type) {
    case "Rescaling":
      return { ...layer, scale: reversed(layer.scale), offset: reversed(layer.offset) };
    case "Normalization": {
      if (!layer.statistics) return null;
      const { mean, variance } = layer.statistics;
      return { ...layer, statistics: { mean: mean.toReversed(), variance: variance.toReversed() } };
    }
    case "ZeroPadding2D":
    case "Activation":
      return layer;
    default:
      return null;
  }
}

function reversed(values: number | readonly number[]): number | readonly number[] {
  return typeof values === "number" ? values : values.toReversed();
}

function without(
  { layers, weights }: NetworkPart,
  reversal: LayerSpec,
  changed: ReadonlyMap<string, LayerSpec>,
  convolution: string,
): NetworkPart {
  const input = at(reversal.inputs, 0);
  return {
    layers: layers.filter((layer) => layer !== reversal).map((layer) => changed.get(layer.name) ?? layer)
      .map((layer) => ({ ...layer, inputs: layer.inputs.map((name) => name === reversal.name ? input : name) })),
    weights: weights.map((layer) => layer.name === convolution ? withReversedInputs(layer) : layer),
  };
}

function withReversedInputs({ name, weights }: LayerWeights): LayerWeights {
  return { name, weights: weights.map((weight) => weight.name === "kernel" ? withReversedAxis(weight) : weight) };
}

/** Reverses the third of a kernel's four axes, the input channels. */
function withReversedAxis({ name, shape, data }: Weight): Weight {
  const [, , channels, filters] = shape;
  if (channels === undefined || filters === undefined) throw new Error(`${name} is not the kernel of a convolution`);
  const values = new Float32Array(data.length);
  for (let from = 0; from < data.length; from += filters) {
    const channel = from / filters % channels;
    values.set(data.subarray(from, from + filters), from + (channels - 1 - 2 * channel) * filters);
  }
  return { name, shape, data: values };
}

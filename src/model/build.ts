/** From a list of layers to a tfjs model with Keras's names and given weights. */
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { describe } from "./layers.ts";
import type { LayerWeights } from "./weights.ts";

export type Layer = LayersModel["layers"][number];

/**
 * A functional model from the list's first layer to its last, with the given weights. For inference: call
 * `model.predict`, or `model.apply` with `training: false`, since tfjs's batch norm does not care for `trainable`.
 * Layers get their weights one by one, so that no second copy of all weights is ever held.
 *
 * @param weights for each layer that has any, in the list's order: what `matchWeights` returns.
 * @returns a model that the caller disposes (`disposeBase`).
 */
export function buildBase(tf: Tf, specs: readonly LayerSpec[], weights: readonly LayerWeights[]): LayersModel {
  const given = new Map(weights.map((layer) => [layer.name, layer]));
  const rows = new Map(describe(specs).map((row) => [row.name, row]));
  const outputs = new Map<string, SymbolicTensor>();
  let first: SymbolicTensor | undefined;
  let last: SymbolicTensor | undefined;
  for (const spec of specs) {
    if (spec.type === "InputLayer") {
      last = tf.input({ name: spec.name, shape: [...spec.shape] });
      first ??= last;
    } else {
      const layer = makeLayer(tf, spec);
      last = symbolic(tf, layer.apply(spec.inputs.map((name) => known(outputs, name))));
      const own = given.get(spec.name);
      if (own) setWeights(tf, layer, own);
      else if (rows.get(spec.name)?.weights.length) throw new Error(`no weights given for layer ${spec.name}`);
    }
    outputs.set(spec.name, last);
  }
  if (!first || !last) throw new Error("a model needs an input");
  return tf.model({ inputs: first, outputs: last });
}

/** Frees the weights. */
export function disposeBase(model: LayersModel): void {
  model.dispose();
}

/** Replaces a layer's weights, in Keras's order. */
function setWeights(tf: Tf, layer: Layer, { weights }: LayerWeights): void {
  const tensors = weights.map(({ data, shape }) => tf.tensor(data, [...shape], "float32"));
  layer.setWeights(tensors);
  // The layer's variables share the data by now.
  tf.dispose(tensors);
}

/** Every initial value is zero: it is replaced at once, and nothing random is drawn. */
function makeLayer(tf: Tf, spec: LayerSpec): Layer {
  const { name, trainable } = spec;
  const zeros = { kernelInitializer: "zeros", biasInitializer: "zeros" } as const;
  switch (spec.type) {
    case "ZeroPadding2D":
      return tf.layers.zeroPadding2d({ name, padding: spec.padding });
    case "Conv2D":
      return tf.layers.conv2d({
        ...zeros,
        name,
        trainable,
        filters: spec.filters,
        kernelSize: spec.kernel,
        strides: spec.strides,
        padding: spec.padding,
        useBias: spec.bias,
      });
    case "BatchNormalization":
      return tf.layers.batchNormalization({ name, trainable, momentum: spec.momentum, epsilon: spec.epsilon });
    case "Activation":
      return tf.layers.activation({ name, activation: spec.activation });
    case "MaxPooling2D":
      return tf.layers.maxPooling2d({ name, poolSize: spec.size, strides: spec.strides });
    case "AveragePooling2D":
      return tf.layers.averagePooling2d({ name, poolSize: spec.size, strides: spec.strides });
    case "Concatenate":
      return tf.layers.concatenate({ name });
    case "GlobalMaxPooling2D":
      return tf.layers.globalMaxPooling2d({ name });
    case "GlobalAveragePooling2D":
      return tf.layers.globalAveragePooling2d({ name });
    case "Flatten":
      return tf.layers.flatten({ name });
    case "Dense":
      return tf.layers.dense({ ...zeros, name, trainable, units: spec.units, activation: spec.activation });
    case "Dropout":
      return tf.layers.dropout({ name, rate: spec.rate });
    case "InputLayer":
    case "Lambda":
      throw new Error(`layer ${name} (${spec.type}) is not made by tfjs`);
  }
}

function known(outputs: ReadonlyMap<string, SymbolicTensor>, name: string): SymbolicTensor {
  const output = outputs.get(name);
  if (!output) throw new Error(`no layer ${name} so far`);
  return output;
}

/** What a layer makes of symbolic inputs is symbolic. */
function symbolic(tf: Tf, output: ReturnType<Layer["apply"]>): SymbolicTensor {
  if (output instanceof tf.SymbolicTensor) return output;
  throw new Error("a layer of one symbolic output was expected");
}

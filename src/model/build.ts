/** Builds a tfjs model with Keras's layer names from a list of layers and their weights. */
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import type { Tf } from "../engine/engine.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { describe } from "./layers.ts";
import type { LayerWeights } from "./weights.ts";

export type Layer = LayersModel["layers"][number];

/**
 * Builds a functional model from the list of layers, with the given weights.
 *
 * The model is for inference only. Call `model.predict`, or `model.apply` with `training: false`: the batch
 * normalization of tfjs ignores `trainable`. The weights are set layer by layer, so that no second copy of all weights
 * is held in memory.
 *
 * @param weights the weights of each layer that has any, in the list's order, as `matchWeights` returns them
 * @returns a model, which the caller disposes with `disposeBase`
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
  if (!first || !last) throw new Error("the list of layers has no input layer");
  return tf.model({ inputs: first, outputs: last });
}

/** Frees the model's weights. */
export function disposeBase(model: LayersModel): void {
  model.dispose();
}

/** Replaces a layer's weights, given in Keras's order. */
function setWeights(tf: Tf, layer: Layer, { weights }: LayerWeights): void {
  const tensors = weights.map(({ data, shape }) => tf.tensor(data, [...shape], "float32"));
  layer.setWeights(tensors);
  // The layer's variables have their own references to the data.
  tf.dispose(tensors);
}

/**
 * Makes a tfjs layer. All initial values are zeros, because they are replaced at once and random ones would cost time.
 */
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
      throw new Error(`layer ${name}: tfjs cannot make a layer of type ${spec.type}`);
  }
}

function known(outputs: ReadonlyMap<string, SymbolicTensor>, name: string): SymbolicTensor {
  const output = outputs.get(name);
  if (!output) throw new Error(`layer ${name} has not been added yet`);
  return output;
}

/** Narrows the output of a layer that was applied to symbolic inputs. */
function symbolic(tf: Tf, output: ReturnType<Layer["apply"]>): SymbolicTensor {
  if (output instanceof tf.SymbolicTensor) return output;
  throw new Error("expected a layer with one symbolic output");
}

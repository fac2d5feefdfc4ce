/** Makes the config of a functional model, as Keras 3 writes it to the config.json of a .keras file. */
import { valueOf } from "../../at.ts";
import type { LayerSpec, Shape } from "../../bases/layer_spec.ts";
import { GroupNames } from "../../model/keras_config/weight_place.ts";
import { toKeras } from "../../model/keras_config/write_kind.ts";
import { describe } from "../../model/layers.ts";
import { kerasOrder, type Operation } from "./order.ts";

/** A layer or an operation in the config's list. */
interface Entry extends Operation {
  readonly className: string;
  /** The shape of its output, without the batch dimension. */
  readonly shape: Shape;
  /** Its config, to which the name and the dtype are added. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether it is a layer. Keras does not count operations among a model's layers. */
  readonly isLayer: boolean;
  /** Further arguments of its call. */
  readonly more?: readonly unknown[];
  /** Whether it takes its inputs as one list. */
  readonly takesList?: boolean;
}

/** A model's config and what follows from it for the file of weights. */
export interface KerasConfig {
  /** The content of config.json. */
  readonly json: unknown;
  /** The group of each layer's weights in model.weights.h5, such as "conv2d_1", by the layer's name. */
  readonly groups: ReadonlyMap<string, string>;
}

/**
 * Returns the config of a model.
 *
 * @param name the model's name
 * @param layers a list with one input layer, in which each layer comes after its inputs; the last one is the output
 */
export function kerasConfig(name: string, layers: readonly LayerSpec[]): KerasConfig {
  const entries = kerasOrder(entriesOf(layers));
  const names = new GroupNames();
  const groups = entries.filter(({ isLayer }) => isLayer).map(({ name, className }) =>
    [name, names.next(className)] as const
  );
  const shapes = new Map(entries.map((entry) => [entry.name, entry.shape]));
  const inputs = entries.filter(({ className }) => className === "InputLayer");
  const json = {
    module: "keras.src.models.functional",
    class_name: "Functional",
    config: {
      name,
      trainable: true,
      layers: entries.map((entry) => written(entry, shapes)),
      input_layers: history(inputs[0]),
      output_layers: history(entries.at(-1)),
    },
    registered_name: "Functional",
  };
  return { json, groups: new Map(groups) };
}

function entriesOf(layers: readonly LayerSpec[]): Entry[] {
  const rows = new Map(describe(layers).map((row) => [row.name, row]));
  const shapeOf = (name: string): Shape => valueOf(rows, name).outputShape.slice(1).map((extent) => extent ?? 0);
  return layers.flatMap((layer): Entry[] => {
    const { name, inputs, trainable, ...kind } = layer;
    const shape = shapeOf(name);
    if (kind.type === "ReverseChannels") return reversal(name, inputs, shape);
    const { class_name, config } = toKeras(kind);
    const takesList = MERGING.has(kind.type);
    return [{ name, inputs, className: class_name, shape, config: { trainable, ...config }, isLayer: true, takesList }];
  });
}

/** Layers that are called with a list of tensors. */
const MERGING: ReadonlySet<string> = new Set(
  ["Concatenate", "Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"] satisfies LayerSpec["type"][],
);

/**
 * Returns the operations that reverse three channels: x[..., 2], x[..., 1] and x[..., 0], stacked, as in Keras's
 * `preprocess_input`. Keras has no layer for this.
 */
function reversal(name: string, inputs: readonly string[], shape: Shape): Entry[] {
  const plane = shape.slice(0, -1);
  const channels = [2, 1, 0].map((channel): Entry => ({
    name: `${name}_${channel}`,
    inputs,
    className: "GetItem",
    shape: plane,
    config: {},
    isLayer: false,
    more: [[{ class_name: "__ellipsis__", config: {} }, channel]],
  }));
  const stack: Entry = {
    name,
    inputs: channels.map((channel) => channel.name),
    className: "Stack",
    shape,
    config: { axis: -1 },
    isLayer: false,
    takesList: true,
  };
  return [...channels, stack];
}

function written(entry: Entry, shapes: ReadonlyMap<string, Shape>): unknown {
  const { name, className, config, inputs, isLayer, more = [], takesList = false } = entry;
  const isInput = className === "InputLayer";
  const tensors = inputs.map((input) => ({
    class_name: "__keras_tensor__",
    config: { shape: [null, ...valueOf(shapes, input)], dtype: "float32", keras_history: [input, 0, 0] },
  }));
  return {
    module: isLayer ? "keras.layers" : "keras.src.ops.numpy",
    class_name: className,
    config: isLayer ? { name, ...config, dtype: "float32" } : { name, ...config },
    registered_name: isLayer ? null : className,
    name,
    inbound_nodes: isInput ? [] : [{ args: [...(takesList ? [tensors] : tensors), ...more], kwargs: {} }],
  };
}

/** Returns the reference by which the config names the output of an entry. */
function history(entry: Entry | undefined): unknown {
  if (!entry) throw new Error("a model has an input and an output");
  return [entry.name, 0, 0];
}

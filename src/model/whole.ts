/** The whole model as the lesson builds it with Keras: images → resize → frozen base → head. */
import type { RunOptions } from "../config.ts";
import { bases } from "../bases/bases.ts";
import { headLayers, type HeadOptions } from "./head.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";

/** The options that determine the layers of the whole model. */
export interface ModelOptions extends HeadOptions, Pick<RunOptions, "base" | "size" | "pooling"> {
  /** Whether the base has the layers that belong to its published weights, see `Base.layers`. Default: true. */
  readonly published?: boolean;
  /** The height of the images as stored, before resizing, in pixels. */
  readonly inputHeight: number;
  /** The width of the images as stored, in pixels. */
  readonly inputWidth: number;
}

/** Returns every layer of the model, in Keras's order and with Keras's names. */
export function wholeModel(options: ModelOptions): readonly LayerSpec[] {
  const [input, ...base] = bases[options.base].layers(options.size, options.pooling, options.published ?? true);
  const end = base.at(-1);
  if (!input || !end) throw new Error(`base ${options.base} has no layers`);
  const shape = [options.inputHeight, options.inputWidth, 3];
  return [
    { name: "input_layer", type: "InputLayer", inputs: [], trainable: false, shape },
    { name: "lambda", type: "Lambda", inputs: ["input_layer"], trainable: false, size: options.size },
    // As with Keras's `input_tensor`, the resized images replace the base's own input layer.
    ...base.map((layer) => ({ ...layer, inputs: layer.inputs.map((name) => name === input.name ? "lambda" : name) })),
    ...headLayers(end.name, options),
  ];
}

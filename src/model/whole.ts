/**
 * The whole model as the lesson builds it with Keras: images → resize → frozen base → head, or images → network that is
 * trained from scratch.
 */
import { bases } from "../bases/bases.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { isBase, type NetworkName, scratchNetwork } from "../bases/networks.ts";
import type { RunOptions } from "../config.ts";
import type { BaseNetwork } from "./base_network.ts";
import { headLayers, type HeadOptions } from "./head.ts";
import { namesApart } from "./names_apart.ts";

export interface ModelOptions extends Omit<HeadOptions, "base">, Pick<RunOptions, "size" | "pooling"> {
  readonly base: NetworkName | BaseNetwork;
  /** Whether the base has the layers that belong to its published weights, see `Base.layers`. Default: true. */
  readonly published?: boolean;
  /** The height of the images as stored, before resizing, in pixels. */
  readonly inputHeight: number;
  /** The width of the images as stored, in pixels. */
  readonly inputWidth: number;
}

/** Returns the name of the network, as the parameter pane shows it. */
export function nameIn({ base }: Pick<ModelOptions, "base">): string {
  return typeof base === "string" ? base : base.name;
}

/** Returns every layer of the model, in Keras's order and with Keras's names. */
export function wholeModel(options: ModelOptions): readonly LayerSpec[] {
  const { base, inputHeight, inputWidth, size, ...rest } = options;
  const [input, ...body] = withOwnNames(bodyLayers(options));
  const end = body.at(-1);
  if (!input || !end) throw new Error(`network ${nameIn(options)} has no layers`);
  const start: LayerSpec = {
    name: "input_layer",
    type: "InputLayer",
    inputs: [],
    trainable: false,
    shape: [inputHeight, inputWidth, 3],
  };
  const resize: LayerSpec = { name: "lambda", type: "Lambda", inputs: [start.name], trainable: false, size };
  // The lesson's model has the resizing whatever size the images have. A network from scratch takes them as they are.
  const frozen = typeof base !== "string" || isBase(base);
  const before = frozen || inputHeight !== size || inputWidth !== size ? [start, resize] : [start];
  const border = before.at(-1)?.name ?? start.name;
  return [
    ...before,
    // As with Keras's `input_tensor`, the images replace the network's own input layer.
    ...body.map((layer) => ({ ...layer, inputs: layer.inputs.map((name) => name === input.name ? border : name) })),
    ...headLayers(end.name, {
      ...rest,
      ...(typeof base === "string" ? { base } : {}),
      taken: new Set(body.map(({ name }) => name)),
    }),
  ];
}

function bodyLayers({ base, size, pooling, published = true }: ModelOptions): readonly LayerSpec[] {
  if (typeof base !== "string") return base.layers(size, pooling, published);
  if (isBase(base)) return bases[base].layers(size, pooling, published);
  return scratchNetwork(base)?.layers(size) ?? [];
}

/** Renames the layers of a base from a file that have a name of the two layers before it. */
function withOwnNames(layers: readonly LayerSpec[]): readonly LayerSpec[] {
  const renamed = namesApart(layers, BEFORE);
  return layers.map((layer) => ({ ...layer, name: renamed(layer.name), inputs: layer.inputs.map(renamed) }));
}
const BEFORE: readonly string[] = ["input_layer", "lambda"];

/**
 * The reversal of channels in a functional model, as in `preprocess_input` of ResNet and VGG. Keras 3 takes the
 * channels one by one, x[..., 2], x[..., 1] and x[..., 0], and stacks them, which are four operations. In Keras 2 it is
 * the one operation x[..., ::-1].
 */
import { z } from "zod";
import { type LayerConfig, layerName } from "./config_schema.ts";
import { layerCalls } from "./nodes.ts";

/** The class of the operation that stands for them. Keras has none of this name. */
export const REVERSED = "ReverseChannels";

const ellipsis = z.looseObject({ class_name: z.literal("__ellipsis__") });
/** The tensor that x[..., channel] is taken from is the first argument, and its place the second. */
const channelOf = z.looseObject({
  args: z.tuple([z.unknown(), z.tuple([ellipsis, z.int()])]),
});
const from = { start: z.null(), stop: z.null() };
const backwards = z.looseObject({ ...from, step: z.literal(-1) });
const whole = z.looseObject({ ...from, step: z.union([z.literal(1), z.null()]) });
/** x[..., ::-1] or x[:, :, :, ::-1] of Keras 2. */
const reversedSlice = z.tuple([
  z.string(),
  z.int(),
  z.int(),
  z.looseObject({
    slice_spec: z.union([z.tuple([ellipsis, backwards]), z.tuple([whole, whole, whole, backwards])]),
  }),
]);
const lastAxis = z.looseObject({ axis: z.union([z.literal(-1), z.literal(3)]) });

/**
 * Returns the layers with one operation in place of those that reverse three channels. An operation that takes a
 * channel stays if anything else uses it.
 */
export function withReversals(layers: readonly LayerConfig[]): readonly LayerConfig[] {
  const named = new Map(layers.map((layer) => [layerName(layer), layer]));
  const readers = new Map<string, number>();
  for (const name of layers.flatMap(sourcesOf)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const gone = new Set<LayerConfig>();
  const changed = layers.map((layer) => {
    if (isReversedSlice(layer)) return { ...layer, class_name: REVERSED };
    const channels = isStack(layer) ? sourcesOf(layer).map((name) => named.get(name)) : [];
    const places = channels.map((channel) => (channel ? channelIn(channel) : null));
    const sources = new Set(channels.flatMap((channel) => (channel ? sourcesOf(channel) : [])));
    if (places.join() !== "2,1,0" || sources.size !== 1) return layer;
    for (const channel of channels) if (channel && readers.get(layerName(channel)) === 1) gone.add(channel);
    const [node] = channels[0]?.inbound_nodes ?? [];
    const input = channelOf.parse(node).args[0];
    return { ...layer, class_name: REVERSED, inbound_nodes: [{ args: [input], kwargs: {} }] };
  });
  return changed.filter((layer) => !gone.has(layer));
}

function isReversedSlice({ class_name, inbound_nodes }: LayerConfig): boolean {
  return class_name === "SlicingOpLambda" && inbound_nodes?.length === 1 &&
    reversedSlice.safeParse(inbound_nodes[0]).success;
}

function isStack(layer: LayerConfig): boolean {
  return layer.class_name === "Stack" && lastAxis.safeParse(layer.config).success;
}

/** The channel that an operation takes of its input, or null if it does anything else. */
function channelIn({ class_name, inbound_nodes }: LayerConfig): number | null {
  if (class_name !== "GetItem" || inbound_nodes?.length !== 1) return null;
  return channelOf.safeParse(inbound_nodes[0]).data?.args[1][1] ?? null;
}

/** The names of the layers whose outputs a layer takes. Layers in an unknown form are left for others to report. */
function sourcesOf({ inbound_nodes }: LayerConfig): string[] {
  try {
    return layerCalls(inbound_nodes ?? []).flatMap(({ inputs }) => inputs.map(({ layer }) => layer));
  } catch {
    return [];
  }
}

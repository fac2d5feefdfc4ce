/**
 * Splits a network where training begins. All that comes before the first trainable layer is frozen, so its output for
 * an image never changes. It is computed once and cached.
 */
import { at } from "../at.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { describe } from "./layers.ts";

/** The name of the input layer of the part that is trained. */
export const OPEN_INPUT = "input_layer";

export interface SplitNetwork {
  /** The layers before the first trainable one. */
  readonly frozen: readonly LayerSpec[];
  /** The layers from the first trainable one on, after an input layer for the output of the frozen part. */
  readonly open: readonly LayerSpec[];
}

/**
 * Splits a list of layers at the first trainable one. A Flatten whose input is flat already is left out of the open
 * part: it does nothing, and tfjs does not accept it.
 *
 * The open part must not use any layer before the one that it begins after. Any other list is a programming error and
 * throws.
 */
export function splitNetwork(layers: readonly LayerSpec[]): SplitNetwork {
  const index = layers.findIndex(({ trainable }) => trainable);
  const first = layers[index];
  if (!first) throw new Error("the network has no trainable layer");
  const border = at(first.inputs, 0);
  const frozen = layers.slice(0, index);
  const row = describe(frozen).find(({ name }) => name === border);
  if (!row) throw new Error(`layer ${first.name} takes its input from ${border}, which must come before it`);
  const shape = row.outputShape.slice(1).map((extent) => extent ?? 0);
  const skipped = shape.length === 1 && first.type === "Flatten" ? first.name : null;
  const open = layers.slice(index).filter(({ name }) => name !== skipped).map((layer) => ({
    ...layer,
    inputs: layer.inputs.map((name) => name === border || name === skipped ? OPEN_INPUT : name),
  }));
  return { frozen, open: [{ name: OPEN_INPUT, type: "InputLayer", inputs: [], trainable: false, shape }, ...open] };
}

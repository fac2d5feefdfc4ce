/** Computes what the parameter pane shows: the base as one row, the head layer by layer, and the totals. */
import { at } from "../at.ts";
import type { EventOf, ParameterRow } from "../events.ts";
import type { LayerSpec } from "../bases/layer_spec.ts";
import { describe, type LayerRow } from "./layers.ts";
import { type ModelOptions, nameIn, wholeModel } from "./whole.ts";

export type Parameters = EventOf<"run">["parameters"];

/** The numbers of parameters of a model. */
export interface Totals {
  readonly total: number;
  readonly trainable: number;
  readonly non_trainable: number;
}

/** Returns the three totals that Keras prints: all, trainable and non-trainable parameters. */
export function parameterTotals(rows: readonly Pick<LayerRow, "parameters" | "trainableParameters">[]): Totals {
  const total = rows.reduce((sum, row) => sum + row.parameters, 0);
  const trainable = rows.reduce((sum, row) => sum + row.trainableParameters, 0);
  return { total, trainable, non_trainable: total - trainable };
}

/** Returns the `parameters` field of the `run` event. */
export function modelParameters(options: ModelOptions): Parameters {
  const layers = wholeModel(options);
  const rows = describe(layers);
  return { ...parameterTotals(rows), rows: parameterRows(nameIn(options), layers, rows) };
}

/**
 * Groups layers into blocks by the first part of their names (`conv2_block1_0_bn`, `fire2/squeeze1x1`). The output
 * shape of a block is that of its last layer. Blocks without parameters are left out.
 */
function blocksOf(rows: readonly LayerRow[]): NonNullable<ParameterRow["blocks"]> {
  const blocks = new Map<string, LayerRow[]>();
  for (const row of rows) {
    const name = /^[^_/]+/.exec(row.name)?.[0] ?? row.name;
    blocks.set(name, [...(blocks.get(name) ?? []), row]);
  }
  return [...blocks].map(([name, members]) => {
    const { total, trainable } = parameterTotals(members);
    return {
      name,
      type: "Block",
      output_shape: [...at(members, members.length - 1).outputShape],
      parameters: total,
      trainable,
    };
  }).filter(({ parameters }) => parameters > 0);
}

/** Returns one row for the frozen layers, if there are any with parameters, and one for each layer that is trained. */
function parameterRows(base: string, layers: readonly LayerSpec[], rows: readonly LayerRow[]): ParameterRow[] {
  const first = layers.findIndex(({ trainable }) => trainable);
  const frozen = rows.slice(0, first);
  const ofBase = parameterTotals(frozen);
  const open = rows.slice(first).map((row) => ({
    name: row.name,
    type: row.type,
    output_shape: [...row.outputShape],
    parameters: row.parameters,
    trainable: row.trainableParameters,
  }));
  if (ofBase.total === 0) return open;
  return [
    // Keras would list a base that is called as one layer in the same way, as a functional model within the model.
    {
      name: base,
      type: "Functional",
      output_shape: [...at(frozen, frozen.length - 1).outputShape],
      parameters: ofBase.total,
      trainable: ofBase.trainable,
      blocks: blocksOf(frozen),
    },
    ...open,
  ];
}

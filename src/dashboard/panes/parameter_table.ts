/** The parameter table, cut to its pane. ink-table supports neither a maximum width nor wide characters. */
import type { EventOf, ParameterRow } from "../../events.ts";
import { count } from "../../counted.ts";
import { percent, shape } from "../text/formats.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { fit, stringWidth } from "../text/width.ts";

type Key = "layer" | "type" | "output shape" | "parameters" | "trainable";

export interface TableColumn {
  readonly key: Key;
  readonly align: "left" | "right";
}

/** A row of the table, with a mark for the base (blocks shown or hidden) and for its blocks. */
export interface ShownLayer extends ParameterRow {
  readonly mark: "open" | "closed" | "inside" | null;
}

/** Returns the rows of the table. If `open`, the blocks of the base are below it. */
export function layersShown(layers: readonly ParameterRow[], open: boolean): ShownLayer[] {
  return layers.flatMap((layer): ShownLayer[] => {
    if (!layer.blocks) return [{ ...layer, mark: null }];
    const inside = open ? layer.blocks.map((block): ShownLayer => ({ ...block, mark: "inside" })) : [];
    return [{ ...layer, mark: open ? "open" : "closed" }, ...inside];
  });
}

/** ink-table adds one space on each side of a cell. */
const PADDING = 2;
/** The columns to leave out if there is no room, in this order. */
const DISPENSABLE: readonly Key[] = ["type", "trainable", "output shape"];
const MIN_LAYER_WIDTH = 8;

/**
 * Returns the columns that fit into `width`, and at most `rows` - 1 rows, below a heading. The cells of the first
 * column are padded to its width.
 */
export function parameterTable(
  layers: readonly ShownLayer[],
  width: number,
  rows: number,
  text: (value: string) => string,
  glyphs: Glyphs,
): { data: Record<string, string>[]; columns: TableColumn[] } {
  const all = layers.map((layer): Record<Key, string> => ({
    layer: markText(layer.mark, glyphs) + text(layer.name),
    type: text(layer.type),
    "output shape": shape(layer),
    parameters: count(layer.parameters),
    trainable: layer.trainable === 0 ? "frozen" : layer.trainable === layer.parameters ? "all" : count(layer.trainable),
  }));
  for (const [index, layer] of layers.entries()) {
    const row = all[index];
    if (row && layer.parameters === 0) row.trainable = "";
  }
  let keys: Key[] = ["layer", "type", "output shape", "parameters", "trainable"];
  const widthOf = (key: Key) => Math.max(key.length, ...all.map((row) => stringWidth(row[key])));
  const total = () => keys.reduce((sum, key) => sum + widthOf(key) + PADDING, 0);
  for (const key of DISPENSABLE) if (total() > width) keys = keys.filter((kept) => kept !== key);
  const layerWidth = Math.max(MIN_LAYER_WIDTH, widthOf("layer") - Math.max(0, total() - width));
  const data = all.slice(0, Math.max(0, rows - 1)).map((row) =>
    Object.fromEntries(
      keys.map((key) => [key, key === "layer" ? fit(row.layer, layerWidth, glyphs.ellipsis) : row[key]]),
    )
  );
  const columns = keys.map((key): TableColumn => ({
    key,
    align: key === "parameters" || key === "trainable" ? "right" : "left",
  }));
  return { data, columns };
}

function markText(mark: ShownLayer["mark"], glyphs: Glyphs): string {
  if (mark === null) return "";
  return mark === "inside" ? "  " : `${glyphs[mark]} `;
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });

/** Returns `53,808 of 7,093,360 trainable, 0.76 %`, or a shorter form if `room` is less than its width. */
export function parameterTotals(
  { total, trainable }: EventOf<"run">["parameters"],
  room: number,
): string {
  const share = percent(trainable / Math.max(1, total));
  const shortest = `${compact.format(total)}, ${share} trainable`;
  const wordings = [
    `${count(trainable)} of ${count(total)} trainable, ${share}`,
    `${count(total)}, ${share} trainable`,
  ];
  return wordings.find((wording) => wording.length <= room) ?? shortest;
}

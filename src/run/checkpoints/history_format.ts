/**
 * history.bin: the figures of all epochs in a checkpoint, as columns of 64-bit floats. As text, the history of a long
 * run would be by far the largest part of what is written every few seconds.
 */
import { endianness } from "node:os";
import { z } from "zod";
import { copyFigures } from "../../columns.ts";
import { type StoredFile, StoredFileError } from "../../files/stored.ts";
import { byClassFigure, byFigure, CLASS_FIGURES, FIGURE_NAMES, type FigureName } from "../../metrics.ts";
import { epochsIn, figuresOfEpochs, type History } from "../../training/history.ts";

/** What state.json says about history.bin. */
export const historyBinSchema = z.object({
  epochs: z.int().min(0),
  /** The figures, in the order of their columns. */
  figures: z.array(z.enum([...FIGURE_NAMES, ...CLASS_FIGURES])),
});
export type HistoryBin = z.infer<typeof historyBinSchema>;

const BYTES_PER_FIGURE = 8;
/** What an epoch adds to history.bin. */
export const HISTORY_EPOCH_BYTES = BYTES_PER_FIGURE * (FIGURE_NAMES.length + CLASS_FIGURES.length);

/** Returns what state.json says about the history, and the bytes of history.bin. */
export function packHistory(history: History): { readonly listed: HistoryBin; readonly bytes: Uint8Array } {
  if (endianness() !== "LE") throw new Error("checkpoints can only be written on little-endian machines");
  const epochs = epochsIn(history);
  const columns = [...FIGURE_NAMES, ...CLASS_FIGURES].flatMap((name) => {
    const figures = history[name];
    return figures === undefined ? [] : [{ name, figures }];
  });
  const packed = new Float64Array(epochs * columns.length);
  for (const [place, { figures }] of columns.entries()) {
    copyFigures(figures, packed.subarray(place * epochs, (place + 1) * epochs));
  }
  return { listed: { epochs, figures: columns.map(({ name }) => name) }, bytes: new Uint8Array(packed.buffer) };
}

/**
 * Returns the history in these bytes; the inverse of `packHistory`.
 * @throws StoredFileError if the file has the wrong length or lacks a figure that every epoch has
 */
export function unpackHistory(bytes: Uint8Array, { epochs, figures }: HistoryBin, file: StoredFile): History {
  const expected = BYTES_PER_FIGURE * epochs * figures.length;
  if (bytes.length !== expected) throw new StoredFileError(file, `has ${bytes.length} bytes instead of ${expected}`);
  const packed = new Float64Array(bytes.slice().buffer);
  const column = (name: FigureName) => {
    const place = figures.findIndex((figure) => figure === name);
    if (place < 0) return undefined;
    const column = packed.subarray(place * epochs, (place + 1) * epochs);
    return figuresOfEpochs(Array.from(column, (figure) => Number.isNaN(figure) ? null : figure));
  };
  const needed = (name: FigureName) => {
    const found = column(name);
    if (found === undefined) throw new StoredFileError(file, `has no ${name}`);
    return found;
  };
  const optional = Object.entries(byClassFigure(column)).filter(([, found]) => found !== undefined);
  return { ...byFigure(needed), ...Object.fromEntries(optional) };
}

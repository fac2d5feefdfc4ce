/** The metrics of a run, epoch by epoch, under Keras's names. */
import { z } from "zod";
import { figureColumn } from "../columns.ts";
import type { EpochFigures } from "../events.ts";
import {
  bestIndex,
  byClassFigure,
  byFigure,
  CLASS_FIGURES,
  DEFAULT_MONITOR,
  type Direction,
  FIGURE_NAMES,
  type FigureName,
} from "../metrics.ts";
import { Sequence } from "../sequence.ts";

/** Returns the sequence of the figures of all epochs. */
export function figuresOfEpochs(figures: Iterable<number | null> = []): Sequence<number | null> {
  return Sequence.of(figures, figureColumn());
}

const figuresSchema = z.array(z.number().nullable()).transform(figuresOfEpochs);
/** Histories of older versions and those read from history.csv may lack the class metrics. */
export const historySchema = z.object({
  ...byFigure(() => figuresSchema),
  ...byClassFigure(() => figuresSchema.optional()),
});
/** As `keras.callbacks.History.history`, with null for values that are not finite. */
export type History = z.infer<typeof historySchema>;

/** The metrics of an epoch as they were computed. They may be NaN. */
export type Figures = Readonly<Record<FigureName, number>>;

/** The history before the first epoch. */
export const EMPTY_HISTORY: History = {
  ...byFigure(() => figuresOfEpochs()),
  ...byClassFigure(() => figuresOfEpochs()),
};

/** Returns the value, or null for NaN and infinities, which JSON cannot represent. */
export function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Returns the history with one more epoch. Does not change the given one. */
export function withEpoch(history: History, figures: Figures): History {
  // A history of an older version has no class metrics.
  const before = (name: FigureName) =>
    history[name] ?? figuresOfEpochs(Array.from({ length: epochsIn(history) }, () => null));
  const longer = (name: FigureName) => before(name).with(finiteOrNull(figures[name]));
  return { ...byFigure(longer), ...byClassFigure(longer) };
}

/** Returns the number of finished epochs. */
export function epochsIn(history: History): number {
  return history[DEFAULT_MONITOR].length;
}

/**
 * Returns the metrics of an epoch, which counts from 1.
 *
 * @throws RangeError if the epoch is not finished
 */
export function figuresOf(history: History, epoch: number): EpochFigures {
  const classFigures = CLASS_FIGURES.flatMap((name) => {
    const figures = history[name];
    return figures === undefined ? [] : [[name, figureOf(figures, epoch)]];
  });
  return { epoch, ...byFigure((name) => figureOf(history[name], epoch)), ...Object.fromEntries(classFigures) };
}

function figureOf(figures: Sequence<number | null>, epoch: number): number | null {
  const figure = figures.at(epoch - 1);
  if (epoch < 1 || figure === undefined) {
    throw new RangeError(`epoch ${epoch} is not among the ${figures.length} finished ones`);
  }
  return figure;
}

/** Returns the metrics of the last epoch, or null if none is finished. */
export function lastFigures(history: History): EpochFigures | null {
  const last = epochsIn(history);
  return last === 0 ? null : figuresOf(history, last);
}

/** Returns the metrics of the best epoch (`bestIndex`), or null if no epoch has a value of the monitored metric. */
export function bestFigures(history: History, monitor: FigureName, direction: Direction): EpochFigures | null {
  const index = bestIndex(history[monitor] ?? Sequence.of(), direction);
  return index === null ? null : figuresOf(history, index + 1);
}

/**
 * Returns the metrics in history.csv, in the order of its columns: those of Keras's CSVLogger, and the monitored metric
 * if it is not one of them. The best epoch of a run without an end event is computed from that column.
 */
export function historyColumns(monitor: FigureName): readonly FigureName[] {
  return FIGURE_NAMES.some((name) => name === monitor) ? FIGURE_NAMES : [...FIGURE_NAMES, monitor];
}

/** Returns the header line of history.csv. */
export function historyCsvHead(columns: readonly FigureName[]): string {
  return ["epoch", ...columns].join(",") + "\n";
}

/** Returns the row of one epoch. `epoch` counts from 1; the row counts from 0, as CSVLogger does. */
export function historyCsvRow(
  columns: readonly FigureName[],
  epoch: number,
  figures: Readonly<Partial<Record<FigureName, number>>>,
): string {
  return [epoch - 1, ...columns.map((name) => figures[name])].join(",") + "\n";
}

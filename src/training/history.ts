/** What a run measured, epoch by epoch, under Keras's names. */
import { z } from "zod";
import { at } from "../at.ts";
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

const figuresSchema = z.array(z.number().nullable());
/** Histories of older versions, and those read from history.csv, may not have the class metrics' figures. */
export const historySchema = z.object({
  ...byFigure(() => figuresSchema),
  ...byClassFigure(() => figuresSchema.optional()),
});
/** `keras.callbacks.History.history`; null stands for a figure that is not finite. */
export type History = z.infer<typeof historySchema>;

/** The figures of an epoch as they were computed; they may be NaN. */
export type Figures = Readonly<Record<FigureName, number>>;

export const EMPTY_HISTORY: History = { ...byFigure(() => []), ...byClassFigure(() => []) };

/** NaN and infinities have no JSON: null. */
export function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The history with one more epoch; the given one is not changed. */
export function withEpoch(history: History, figures: Figures): History {
  // A history of an older version has no class figures of its epochs.
  const before = (name: FigureName) => history[name] ?? Array.from({ length: epochsIn(history) }, () => null);
  const longer = (name: FigureName) => [...before(name), finiteOrNull(figures[name])];
  return { ...byFigure(longer), ...byClassFigure(longer) };
}

/** How many epochs were finished. */
export function epochsIn(history: History): number {
  return history[DEFAULT_MONITOR].length;
}

/** The figures of an epoch, counted from 1. @throws RangeError where it was not finished */
export function figuresOf(history: History, epoch: number): EpochFigures {
  const classFigures = CLASS_FIGURES.flatMap((name) => {
    const figures = history[name];
    return figures === undefined ? [] : [[name, at(figures, epoch - 1)]];
  });
  return { epoch, ...byFigure((name) => at(history[name], epoch - 1)), ...Object.fromEntries(classFigures) };
}

/** The figures of the last epoch; null where none was finished. */
export function lastFigures(history: History): EpochFigures | null {
  const last = epochsIn(history);
  return last === 0 ? null : figuresOf(history, last);
}

/** The figures of the best epoch (`bestIndex`); null where no epoch has a monitored figure. */
export function bestFigures(history: History, monitor: FigureName, direction: Direction): EpochFigures | null {
  const index = bestIndex(history[monitor] ?? [], direction);
  return index === null ? null : figuresOf(history, index + 1);
}

/**
 * The figures in history.csv, in the order of its columns: those of Keras's CSVLogger, then the monitored one if it is
 * none of them. Without it a run that has no end could not tell its best epoch.
 */
export function historyColumns(monitor: FigureName): readonly FigureName[] {
  return FIGURE_NAMES.some((name) => name === monitor) ? FIGURE_NAMES : [...FIGURE_NAMES, monitor];
}

/** The head line of history.csv. */
export function historyCsvHead(columns: readonly FigureName[]): string {
  return ["epoch", ...columns].join(",") + "\n";
}

/** One epoch's row; CSVLogger counts epochs from 0, `epoch` counts from 1. */
export function historyCsvRow(
  columns: readonly FigureName[],
  epoch: number,
  figures: Readonly<Partial<Record<FigureName, number>>>,
): string {
  return [epoch - 1, ...columns.map((name) => figures[name])].join(",") + "\n";
}

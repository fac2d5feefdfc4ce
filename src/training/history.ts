/** What a run measured, epoch by epoch, under Keras's names. */
import { z } from "zod";
import { at } from "../at.ts";
import type { EpochFigures } from "../events.ts";
import { bestIndex, byFigure, DEFAULT_MONITOR, type Direction, FIGURE_NAMES, type FigureName } from "../metrics.ts";

export const historySchema = z.object(byFigure(() => z.array(z.number().nullable())));
/** `keras.callbacks.History.history`; null stands for a figure that is not finite. */
export type History = z.infer<typeof historySchema>;

/** The figures of an epoch as they were computed; they may be NaN. */
export type Figures = Readonly<Record<FigureName, number>>;

export const EMPTY_HISTORY: History = byFigure(() => []);

/** NaN and infinities have no JSON: null. */
export function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The history with one more epoch; the given one is not changed. */
export function withEpoch(history: History, figures: Figures): History {
  return byFigure((name) => [...history[name], finiteOrNull(figures[name])]);
}

/** How many epochs were finished. */
export function epochsIn(history: History): number {
  return history[DEFAULT_MONITOR].length;
}

/** The figures of an epoch, counted from 1. @throws RangeError where it was not finished */
export function figuresOf(history: History, epoch: number): EpochFigures {
  return { epoch, ...byFigure((name) => at(history[name], epoch - 1)) };
}

/** The figures of the last epoch; null where none was finished. */
export function lastFigures(history: History): EpochFigures | null {
  const last = epochsIn(history);
  return last === 0 ? null : figuresOf(history, last);
}

/** The figures of the best epoch (`bestIndex`); null where no epoch has a monitored figure. */
export function bestFigures(history: History, monitor: FigureName, direction: Direction): EpochFigures | null {
  const index = bestIndex(history[monitor], direction);
  return index === null ? null : figuresOf(history, index + 1);
}

/** The head line of history.csv, as Keras's CSVLogger writes it. */
export const HISTORY_CSV_HEAD = ["epoch", ...FIGURE_NAMES].join(",") + "\n";

/** One epoch's row; CSVLogger counts epochs from 0, `epoch` counts from 1. */
export function historyCsvRow(epoch: number, figures: Figures): string {
  return [epoch - 1, ...FIGURE_NAMES.map((name) => figures[name])].join(",") + "\n";
}

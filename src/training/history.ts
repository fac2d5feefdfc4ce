/** What a run measured, epoch by epoch, under Keras's names. */
import { z } from "zod";
import type { Monitor } from "../config.ts";
import type { EpochFigures } from "../events.ts";

export const HISTORY_KEYS = ["loss", "accuracy", "val_loss", "val_accuracy"] as const satisfies readonly Monitor[];

export const historySchema = z.object({
  loss: z.array(z.number().nullable()),
  accuracy: z.array(z.number().nullable()),
  val_loss: z.array(z.number().nullable()),
  val_accuracy: z.array(z.number().nullable()),
});
/** `keras.callbacks.History.history`; null stands for a figure that is not finite. */
export type History = z.infer<typeof historySchema>;

/** The figures of an epoch as they were computed; they may be NaN. */
export type Figures = Readonly<Record<(typeof HISTORY_KEYS)[number], number>>;

export const EMPTY_HISTORY: History = { loss: [], accuracy: [], val_loss: [], val_accuracy: [] };

/** NaN and infinities have no JSON: null. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The history with one more epoch; the given one is not changed. */
export function withEpoch(history: History, figures: Figures): History {
  return {
    loss: [...history.loss, finiteOrNull(figures.loss)],
    accuracy: [...history.accuracy, finiteOrNull(figures.accuracy)],
    val_loss: [...history.val_loss, finiteOrNull(figures.val_loss)],
    val_accuracy: [...history.val_accuracy, finiteOrNull(figures.val_accuracy)],
  };
}

/** The figures of one epoch, counted from 1; null where it was not finished. */
export function figuresOf(history: History, epoch: number): EpochFigures | null {
  const index = epoch - 1;
  if (index < 0 || index >= history.loss.length) return null;
  return {
    epoch,
    loss: history.loss[index] ?? null,
    accuracy: history.accuracy[index] ?? null,
    val_loss: history.val_loss[index] ?? null,
    val_accuracy: history.val_accuracy[index] ?? null,
  };
}

/** The first epoch (from 1) with the strictly best monitored figure; 0 where none has one. */
export function bestEpoch(history: History, monitor: Monitor, mode: "min" | "max"): number {
  let best: number | null = null;
  let epoch = 0;
  history[monitor].forEach((value, index) => {
    if (value === null) return;
    if (best === null || (mode === "max" ? value > best : value < best)) {
      best = value;
      epoch = index + 1;
    }
  });
  return epoch;
}

/** The head line of history.csv, as Keras's CSVLogger writes it. */
export const HISTORY_CSV_HEAD = ["epoch", ...HISTORY_KEYS].join(",") + "\n";

/** One epoch's row; CSVLogger counts epochs from 0, `epoch` counts from 1. */
export function historyCsvRow(epoch: number, figures: Figures): string {
  return [epoch - 1, ...HISTORY_KEYS.map((key) => figures[key])].join(",") + "\n";
}

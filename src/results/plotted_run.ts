/** What a plot needs of a run, from its events, and how it is said. Pure. */
import type { EpochFigures, RunEvent } from "../events.ts";
import { END_WORDS } from "../dashboard/run_text/describe.ts";
import { figure } from "../dashboard/text/formats.ts";
import { stripControl } from "../text.ts";

/** Keras's names, validation last: what is marked where none of them was watched. */
export const FIGURES = ["loss", "accuracy", "val_loss", "val_accuracy"] as const;
export type FigureName = typeof FIGURES[number];

export interface PlottedRun {
  readonly id: string;
  /** What a person calls it: its name, where it has one, and its id. */
  readonly label: string;
  /** Base and data, for the title. */
  readonly facts: string;
  readonly epochs: readonly EpochFigures[];
  /** Which figure early stopping watched, and the first epoch with its best value. */
  readonly monitor: string;
  readonly bestEpoch: number | null;
  /** The last epoch and why it was the last; null while the run goes on. */
  readonly stop: { readonly epoch: number; readonly why: string } | null;
}

/** @param id the run's folder: what it is called where its events do not say. */
export function plottedRun(id: string, events: readonly RunEvent[]): PlottedRun {
  let label = stripControl(id);
  let facts = "";
  let monitor = "val_accuracy";
  let bestEpoch: number | null = null;
  let stop: PlottedRun["stop"] = null;
  const epochs: EpochFigures[] = [];
  for (const event of events) {
    if (event.type === "run") {
      facts = stripControl(`${event.model.base} · ${event.dataset.name}`);
      if (event.name !== null) label = stripControl(`${event.name}  ${id}`);
    }
    if (event.type === "epoch") epochs.push(event);
    if (event.type === "early_stopping") ({ monitor, best_epoch: bestEpoch } = event);
    if (event.type !== "end") continue;
    bestEpoch = event.best?.epoch ?? bestEpoch;
    stop = { epoch: event.epochs, why: END_WORDS[event.reason] };
  }
  return { id: stripControl(id), label, facts, epochs, monitor, bestEpoch, stop };
}

export interface Best {
  readonly epoch: number;
  /** The figure that the mark lies on, and its value there. */
  readonly key: FigureName;
  readonly value: number;
}

/** The best epoch as seen among these figures: by the one that was watched, else by the last of them. */
export function bestAmong(
  { epochs, bestEpoch, monitor }: PlottedRun,
  keys: readonly [FigureName, ...FigureName[]],
): Best | null {
  const key = keys.find((name) => name === monitor) ?? keys.at(-1) ?? keys[0];
  const value = epochs.find(({ epoch }) => epoch === bestEpoch)?.[key] ?? null;
  return bestEpoch === null || value === null ? null : { epoch: bestEpoch, key, value };
}

/** `best val_accuracy at epoch 21: 0.652`; where another figure is meant than the one watched, its name. */
export function bestWords({ monitor }: PlottedRun, { epoch, key, value }: Best): string {
  const text = figure(value, key.endsWith("loss") ? 4 : 3);
  return `best ${monitor} at epoch ${epoch}: ${key === monitor ? "" : `${key} `}${text}`;
}

/** `stopped early, epoch 26`. */
export function stopWords({ epoch, why }: NonNullable<PlottedRun["stop"]>): string {
  return `${why}, epoch ${epoch}`;
}

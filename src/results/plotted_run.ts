/** What a plot needs of a run, from its events. Pure. */
import type { EpochFigures, RunEvent } from "../events.ts";
import { END_WORDS } from "../dashboard/describe.ts";
import { stripControl } from "../text.ts";

export interface PlottedRun {
  readonly id: string;
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
  let facts = "";
  let monitor = "val_accuracy";
  let bestEpoch: number | null = null;
  let stop: PlottedRun["stop"] = null;
  const epochs: EpochFigures[] = [];
  for (const event of events) {
    if (event.type === "run") facts = stripControl(`${event.model.base} · ${event.dataset.name}`);
    if (event.type === "epoch") epochs.push(event);
    if (event.type === "early_stopping") ({ monitor, best_epoch: bestEpoch } = event);
    if (event.type !== "end") continue;
    bestEpoch = event.best?.epoch ?? bestEpoch;
    stop = { epoch: event.epochs, why: END_WORDS[event.reason] };
  }
  return { id: stripControl(id), facts, epochs, monitor, bestEpoch, stop };
}

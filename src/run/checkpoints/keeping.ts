/** Decides which checkpoints are kept for their figure (`--keep`). Pure. */
import type { Monitor } from "../../config.ts";
import type { Direction } from "../../metrics.ts";
import type { History } from "../../training/history.ts";
import { newestFirst, placeIn } from "./checkpoint_names.ts";

/** How many checkpoints are kept for their figure, and which figure it is. */
export interface Keeping {
  readonly count: number;
  readonly monitor: Monitor;
  /** Whether a larger ("max") or smaller ("min") figure is better. */
  readonly mode: Direction;
}

/** Keeps none. */
export const KEEP_NONE: Keeping = { count: 0, monitor: "val_loss", mode: "min" };

/**
 * Returns the checkpoints to keep: those at ends of epochs with the best figure, the best one first. Of equal figures,
 * the newest counts. An epoch without a figure is not kept, and of several checkpoints of one epoch only the newest is.
 *
 * @param names the names of checkpoints
 * @param history the figures of all epochs so far
 */
export function bestNames(names: readonly string[], history: History, { count, monitor, mode }: Keeping): string[] {
  if (count === 0) return [];
  const figures = history[monitor];
  const byEpoch = new Map<number, { readonly name: string; readonly figure: number }>();
  for (const name of newestFirst(names)) {
    const [epoch, step] = placeIn(name);
    const figure = epoch < 1 ? undefined : figures?.at(epoch - 1);
    if (step > 0 || figure === undefined || figure === null || byEpoch.has(epoch)) continue;
    byEpoch.set(epoch, { name, figure });
  }
  // Sorting is stable, so the newest of equal figures stays first.
  return [...byEpoch.values()].sort((one, other) =>
    mode === "max" ? other.figure - one.figure : one.figure - other.figure
  ).slice(0, count).map(({ name }) => name);
}

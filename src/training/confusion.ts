/** Which class was taken for which, how often. */
import { at } from "../at.ts";

/** True class, predicted class, how many images; only what occurs, by class. */
export type ConfusionCell = [actual: number, predicted: number, count: number];

/** Counts images by their true and their predicted class. */
export function confusionCells(labels: Int32Array, predicted: Int32Array): ConfusionCell[] {
  const counts = new Map<string, ConfusionCell>();
  labels.forEach((actual, row) => {
    const taken = at(predicted, row);
    const key = `${actual}/${taken}`;
    const cell = counts.get(key) ?? [actual, taken, 0];
    cell[2]++;
    counts.set(key, cell);
  });
  return [...counts.values()].sort(([a, b], [c, d]) => a - c || b - d);
}

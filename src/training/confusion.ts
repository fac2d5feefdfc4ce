/** Counts how often each class was predicted as each other class: the confusion matrix, in sparse form. */
import { at } from "../at.ts";

/** A non-zero cell of the confusion matrix: true class, predicted class, number of images. */
export type ConfusionCell = [actual: number, predicted: number, count: number];

/** Returns the non-zero cells of the confusion matrix, sorted by true class, then by predicted class. */
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

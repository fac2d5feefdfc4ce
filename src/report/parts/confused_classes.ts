/** The part of a confusion matrix that a page has room for. Pure. */
import { at } from "../../at.ts";
import type { ClassFigures, Tally } from "../../results/metrics.ts";

export interface MatrixPart {
  /** In the order of the whole matrix. */
  readonly classes: readonly ClassFigures[];
  /** Rows are true classes, columns are predicted classes. */
  readonly confusion: readonly (readonly number[])[];
  /** The images of each class that were predicted as a class that is not shown; null if all classes are shown. */
  readonly elsewhere: readonly number[] | null;
}

/**
 * Returns the confusion matrix of at most `most` classes. Of more classes, these are the ones in the most frequent
 * mistakes: of each mistake both classes, so that its cell is in the matrix. If there are not enough mistakes, the
 * first other classes follow.
 */
export function mostConfused({ classes, confusion, pairs }: Tally, most: number): MatrixPart {
  if (classes.length <= most) return { classes, confusion, elsewhere: null };
  const labels = new Map(classes.map(({ name }, label) => [name, label]));
  const chosen = new Set<number>();
  for (const { actual, predicted } of pairs) {
    if (chosen.size === most) break;
    const added = [actual, predicted].map((name) => labels.get(name) ?? 0).filter((label) => !chosen.has(label));
    if (chosen.size + added.length <= most) { for (const label of added) chosen.add(label); }
  }
  for (let label = 0; chosen.size < most; label++) chosen.add(label);
  const shown = [...chosen].toSorted((one, other) => one - other);
  const rows = shown.map((actual) => shown.map((predicted) => at(at(confusion, actual), predicted)));
  return {
    classes: shown.map((label) => at(classes, label)),
    confusion: rows,
    elsewhere: shown.map((label, place) => at(classes, label).support - sumOf(at(rows, place))),
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

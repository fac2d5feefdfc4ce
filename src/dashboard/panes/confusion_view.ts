/** The last validation's confusion matrix, and the pairs of classes that are mixed up most. Pure. */
import type { EventOf } from "../../events.ts";
import { fit } from "../text/width.ts";

export interface MatrixCell {
  readonly text: string;
  /** Taken for what it is, for something else, or nothing there. */
  readonly kind: "right" | "wrong" | "none";
}

export interface MatrixRow {
  readonly name: string;
  readonly cells: readonly MatrixCell[];
}

type Cells = EventOf<"confusion">["cells"];

const NAME_AT_MOST = 18;
const NAME_AT_LEAST = 6;

/**
 * A row for each true class, a cell for each that it was taken for, all equally wide; null where `width` × `height` has no
 * room for that.
 */
export function matrixRows(
  cells: Cells,
  classes: readonly string[],
  width: number,
  height: number,
  glyphs: { readonly dot: string; readonly ellipsis: string },
): MatrixRow[] | null {
  const cellWidth = Math.max(3, ...cells.map(([, , count]) => String(count).length + 1));
  const room = width - classes.length * cellWidth;
  if (classes.length > height || room < NAME_AT_LEAST) return null;
  const nameWidth = Math.min(NAME_AT_MOST, room);
  const counts = new Map(cells.map(([actual, predicted, count]) => [`${actual}/${predicted}`, count]));
  return classes.map((name, actual) => ({
    name: fit(name, nameWidth, glyphs.ellipsis),
    cells: classes.map((_, predicted): MatrixCell => {
      const count = counts.get(`${actual}/${predicted}`) ?? 0;
      const kind = count === 0 ? "none" : actual === predicted ? "right" : "wrong";
      return { text: (count === 0 ? glyphs.dot : String(count)).padStart(cellWidth), kind };
    }),
  }));
}

export interface ConfusedPair {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Validation pictures of the true class. */
  readonly of: number;
}

/** Pairs of classes that were taken for each other, most often first; of equals the larger share first. */
export function worstPairs(cells: Cells, classes: readonly string[]): ConfusedPair[] {
  const sums = new Map<number, number>();
  for (const [actual, , count] of cells) sums.set(actual, (sums.get(actual) ?? 0) + count);
  const name = (label: number) => classes[label] ?? `class ${label}`;
  return cells.filter(([actual, predicted]) => actual !== predicted)
    .map(([actual, predicted, count]) => ({
      actual: name(actual),
      predicted: name(predicted),
      count,
      of: sums.get(actual) ?? count,
    }))
    .sort((one, other) => other.count - one.count || other.count / other.of - one.count / one.of);
}

/** `7 of 30 onion taken for garlic`. */
export function pairText({ actual, predicted, count, of }: ConfusedPair): string {
  return `${count} of ${of} ${actual} taken for ${predicted}`;
}

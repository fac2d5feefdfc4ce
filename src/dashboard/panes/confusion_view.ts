/** The last validation's confusion matrix, and the pairs of classes that are mixed up most. Pure. */
import { at } from "../../at.ts";
import type { EventOf } from "../../events.ts";
import { fit } from "../text/width.ts";

export interface MatrixCell {
  readonly text: string;
  /** Predicted as what it is, as something else, or never; or the letter of a column. */
  readonly kind: "right" | "wrong" | "none" | "letter";
}

export interface MatrixRow {
  readonly name: string;
  readonly cells: readonly MatrixCell[];
}

type Cells = EventOf<"confusion">["cells"];

const NAME_AT_MOST = 18;
/** What the rows and the columns are, the longest wording first. */
const AXES = ["true \\ predicted", "true\\pred."] as const;
const NAME_AT_LEAST = AXES[1].length;

/**
 * A row with the columns' letters, then a row for each true class: its letter, its name, and how often each class was
 * predicted. All rows are equally wide. Null where `width` × `height` has no room for that.
 */
export function matrixRows(
  cells: Cells,
  classes: readonly string[],
  width: number,
  height: number,
  glyphs: { readonly dot: string; readonly ellipsis: string },
): MatrixRow[] | null {
  const letters = classes.map((_, index) => letterOf(index));
  const texts = [...letters, ...cells.map(([, , count]) => String(count))];
  const cellWidth = Math.max(3, ...texts.map((text) => text.length + 1));
  const room = width - classes.length * cellWidth;
  if (classes.length + 1 > height || room < NAME_AT_LEAST) return null;
  const nameWidth = Math.min(NAME_AT_MOST, room);
  const counts = new Map(cells.map(([actual, predicted, count]) => [`${actual}/${predicted}`, count]));
  const axes = AXES.find((text) => text.length <= nameWidth) ?? AXES[1];
  const heading: MatrixRow = {
    name: fit(axes, nameWidth, glyphs.ellipsis),
    cells: letters.map((letter) => ({ text: letter.padStart(cellWidth), kind: "letter" })),
  };
  const letterWidth = Math.max(...letters.map(({ length }) => length));
  const rows = classes.map((name, actual): MatrixRow => ({
    name: fit(`${at(letters, actual).padStart(letterWidth)} ${name}`, nameWidth, glyphs.ellipsis),
    cells: classes.map((_, predicted): MatrixCell => {
      const count = counts.get(`${actual}/${predicted}`) ?? 0;
      const kind = count === 0 ? "none" : actual === predicted ? "right" : "wrong";
      return { text: (count === 0 ? glyphs.dot : String(count)).padStart(cellWidth), kind };
    }),
  }));
  return [heading, ...rows];
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

/** The name of a column as spreadsheets have it: a to z, then aa, ab …. */
function letterOf(index: number): string {
  const last = at([...ALPHABET], index % ALPHABET.length);
  return index < ALPHABET.length ? last : letterOf(Math.floor(index / ALPHABET.length) - 1) + last;
}

export interface ConfusedPair {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Validation images of the true class. */
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

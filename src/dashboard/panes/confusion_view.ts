/** The confusion matrix of the last validation, and the pairs of classes that are confused most often. Pure. */
import { at } from "../../at.ts";
import { count } from "../../counted.ts";
import type { EventOf } from "../../events.ts";
import { fit } from "../text/width.ts";

export interface MatrixCell {
  readonly text: string;
  /** Whether the cell counts correct predictions, wrong ones or none; or the letter of a column. */
  readonly kind: "right" | "wrong" | "none" | "letter";
}

export interface MatrixRow {
  readonly name: string;
  readonly cells: readonly MatrixCell[];
}

type Cells = EventOf<"confusion">["cells"];

const NAME_AT_MOST = 18;
/** The heading of a matrix that explains its rows and columns. */
export const MATRIX_AXES = "true \\ predicted";
/** The heading that explains rows and columns, the longest form first. */
const AXES = [MATRIX_AXES, "true\\pred."] as const;
const NAME_AT_LEAST = AXES[1].length;

/**
 * Returns a row with the letters of the columns, then a row for each true class: its letter, its name, and how often
 * each class was predicted. All rows have the same width. Returns null if the matrix does not fit into `width` ×
 * `height`.
 */
export function matrixRows(
  cells: Cells,
  classes: readonly string[],
  width: number,
  height: number,
  glyphs: { readonly dot: string; readonly ellipsis: string },
): MatrixRow[] | null {
  const letters = columnLetters(classes.length);
  const texts = [...letters, ...cells.map(([, , images]) => count(images))];
  const cellWidth = Math.max(3, ...texts.map((text) => text.length + 1));
  const room = width - classes.length * cellWidth;
  if (classes.length + 1 > height || room < NAME_AT_LEAST) return null;
  const nameWidth = Math.min(NAME_AT_MOST, room);
  const counts = new Map(cells.map(([actual, predicted, images]) => [`${actual}/${predicted}`, images]));
  const axes = AXES.find((text) => text.length <= nameWidth) ?? AXES[1];
  const heading: MatrixRow = {
    name: fit(axes, nameWidth, glyphs.ellipsis),
    cells: letters.map((letter) => ({ text: letter.padStart(cellWidth), kind: "letter" })),
  };
  const letterWidth = Math.max(...letters.map(({ length }) => length));
  const rows = classes.map((name, actual): MatrixRow => ({
    name: fit(`${at(letters, actual).padStart(letterWidth)} ${name}`, nameWidth, glyphs.ellipsis),
    cells: classes.map((_, predicted): MatrixCell => {
      const images = counts.get(`${actual}/${predicted}`) ?? 0;
      const kind = images === 0 ? "none" : actual === predicted ? "right" : "wrong";
      return { text: (images === 0 ? glyphs.dot : count(images)).padStart(cellWidth), kind };
    }),
  }));
  return [heading, ...rows];
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

/** Returns the letters that name the columns and rows of a matrix of this many classes. */
export function columnLetters(classes: number): string[] {
  return Array.from({ length: classes }, (_, index) => letterOf(index));
}

/** Returns the name of a column as in spreadsheets: a to z, then aa, ab …. */
function letterOf(index: number): string {
  const last = at([...ALPHABET], index % ALPHABET.length);
  return index < ALPHABET.length ? last : letterOf(Math.floor(index / ALPHABET.length) - 1) + last;
}

export interface ConfusedPair {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** The number of validation images of the true class. */
  readonly of: number;
}

/**
 * Returns the pairs of true and predicted class, sorted by the number of errors, then by their share of the true class.
 */
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

/** Describes a pair: `7 of 30 onion predicted as garlic`. */
export function pairText({ actual, predicted, count: images, of }: ConfusedPair): string {
  return `${count(images)} of ${count(of)} ${actual} predicted as ${predicted}`;
}

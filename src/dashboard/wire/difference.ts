/** Writes the bytes that turn one screen into another. Pure. */
import { at } from "../../at.ts";
import { fits, forwardLength, type Pen, utf8Length } from "./pen.ts";
import { isSure, type Row } from "./row.ts";
import { PLAIN } from "./style.ts";

/** From this number of blanks on, erasing to the end of the row (three bytes) is shorter. */
const ERASE_FROM = 4;

/**
 * Writes the differences with `pen`, row by row, and stops after the row that reaches `limit` bytes. Both screens have
 * the size of the terminal. Returns the number of rows that are up to date.
 */
export function writeDifference(pen: Pen, before: readonly Row[], after: readonly Row[], limit = Infinity): number {
  for (const [index, row] of after.entries()) {
    const old = at(before, index);
    if (row === old) continue;
    if (pen.length >= limit) return index;
    writeRow(pen, index, old, row);
  }
  return after.length;
}

function writeRow(pen: Pen, index: number, before: Row, after: Row): void {
  const first = nextDifferent(before, after, 0);
  if (first === after.texts.length) return;
  if (!before.unsure && !after.unsure) {
    return writeCells(pen, index, after, first, before.end, (from) => nextDifferent(before, after, from));
  }
  // If terminals disagree about the width of a character, the columns of the characters after it are unknown. Redraw
  // the whole row, and turn off wrapping so that it cannot continue on the next row.
  pen.withoutWrap(() => {
    pen.moveTo(index, 0);
    pen.eraseToEnd();
    writeCells(pen, index, after, nextInked(after, 0), 0, (from) => nextInked(after, from));
  });
}

/**
 * Writes the cells of a row from column `first` on.
 * @param endBefore the columns of the row on the screen, without trailing blanks
 * @param next returns the next column to write, from a column on
 */
function writeCells(
  pen: Pen,
  index: number,
  row: Row,
  first: number,
  endBefore: number,
  next: (from: number) => number,
): void {
  for (let column = first; column < row.texts.length;) {
    if (column >= row.end) {
      goTo(pen, index, column, row);
      const blanks = endBefore - column;
      if (blanks >= ERASE_FROM) pen.eraseToEnd();
      else for (let blank = 0; blank < blanks; blank++) put(pen, row, column + blank);
      return;
    }
    goTo(pen, index, column, row);
    put(pen, row, column);
    column = next(column + widthAt(row, column));
  }
}

/** Moves to a column. Rewrites the cells on the way instead if that takes fewer bytes. */
function goTo(pen: Pen, index: number, column: number, row: Row): void {
  const from = pen.columnIn(index);
  if (from === column) return;
  const between = from === null || from > column ? null : cheaperThanMove(pen, row, from, column);
  if (from === null || between === null) return pen.moveTo(index, column);
  // Set the style once for the cells on the way and for the target.
  if (between === "then") pen.style(at(row.styles, column));
  for (let again = from; again < column; again += widthAt(row, again)) put(pen, row, again);
}

/**
 * Returns whether rewriting the cells on the way is shorter than a move, in the current style ("now") or in the style
 * of the target ("then"). Returns null if it is not.
 */
function cheaperThanMove(pen: Pen, { texts, styles }: Row, from: number, to: number): "now" | "then" | null {
  if (at(texts, from) === "") return null;
  const target = at(styles, to);
  let [length, nowFits, thenFits] = [0, true, true];
  const move = forwardLength(to - from);
  for (let column = from; column < to; column++) {
    const [text, style] = [at(texts, column), at(styles, column)];
    if (text === "") continue;
    if (!isSure(text)) return null;
    length += utf8Length(text);
    nowFits &&= pen.fits(text, style);
    thenFits &&= fits(text, style, target);
    if (length >= move || !(nowFits || thenFits)) return null;
  }
  return nowFits ? "now" : "then";
}

function put(pen: Pen, { texts, styles }: Row, column: number): void {
  const text = at(texts, column);
  pen.put(text, at(styles, column), texts[column + 1] === "" ? 2 : 1, isSure(text));
}

function widthAt({ texts }: Row, column: number): number {
  return texts[column + 1] === "" ? 2 : 1;
}

function nextDifferent(before: Row, after: Row, from: number): number {
  const { texts, styles } = after;
  const { texts: oldTexts, styles: oldStyles } = before;
  let column = from;
  while (column < texts.length) {
    const [style, old] = [styles[column], oldStyles[column]];
    if (texts[column] !== oldTexts[column] || (style !== old && style?.key !== old?.key)) break;
    column++;
  }
  return column;
}

function nextInked({ texts, styles, end }: Row, from: number): number {
  let column = from;
  while (column < end && texts[column] === " " && styles[column] === PLAIN) column++;
  return column < end ? column : texts.length;
}

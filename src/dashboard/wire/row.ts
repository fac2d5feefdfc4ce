/** Converts a line of a frame to the cells of a terminal's row. Pure. */
import { at } from "../../at.ts";
import { graphemes, stringWidth } from "../text/width.ts";
import { PLAIN, type Style, styleAfter } from "./style.ts";

export interface Cells {
  /** The character in each column; empty in the second column of a wide character. */
  readonly texts: readonly string[];
  readonly styles: readonly Style[];
  /** Whether terminals disagree about the width of one of the characters. */
  readonly unsure: boolean;
}

export interface Row extends Cells {
  /** The number of columns without trailing plain blanks. */
  readonly end: number;
}

/** Looks up a piece of a line by the character that stands for it, see `Strips`. */
export interface NamedCells {
  readonly cellsOf: (codePoint: number) => Cells | undefined;
}

const ESCAPE = 0x1b;
// deno-lint-ignore no-control-regex -- it has to match escape sequences.
const SEQUENCE = /\x1b(?:\[([\d;:?<=>]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|.|$)/ys;
/** Text up to the next escape sequence. */
// deno-lint-ignore no-control-regex -- it has to match escape sequences.
const TEXT = /[^\x1b]+/y;
/** Matches control characters, which are not shown. */
// deno-lint-ignore no-control-regex -- it has to match control characters.
const CONTROL = /^[\x00-\x1f\x7f-\x9f]/;

/** Returns a row of plain blanks. */
export function blankRow(columns: number): Row {
  return { texts: Array(columns).fill(" "), styles: Array(columns).fill(PLAIN), end: 0, unsure: false };
}

/** Returns a row of `columns` cells from a line with SGR sequences. Cuts what does not fit. See `parseCells`. */
export function parseRow(line: string, columns: number, named?: NamedCells): Row {
  const { texts, styles, unsure } = cellsOf(line, columns, named);
  return filled(texts, styles, columns, unsure);
}

/** Returns the cells of a line with SGR sequences. Drops other control sequences. */
export function parseCells(line: string): Cells {
  return cellsOf(line, Infinity);
}

interface Parsed {
  readonly texts: string[];
  readonly styles: Style[];
  readonly unsure: boolean;
}

function cellsOf(line: string, columns: number, named?: NamedCells): Parsed {
  const texts: string[] = [];
  const styles: Style[] = [];
  let style = PLAIN;
  let unsure = false;
  for (let index = 0; index < line.length && texts.length <= columns;) {
    const code = line.charCodeAt(index);
    if (code === ESCAPE) {
      SEQUENCE.lastIndex = index;
      const [sequence = line.charAt(index), parameters, final] = SEQUENCE.exec(line) ?? [];
      if (final === "m" && parameters !== undefined) style = styleAfter(style, parameters);
      index += sequence.length;
      continue;
    }
    if (isSimple(code) && isAlone(line, index)) {
      const text = line.charAt(index);
      texts.push(text);
      styles.push(code === BLANK ? style.blank : style);
      index++;
      continue;
    }
    const piece = isName(code) ? named?.cellsOf(line.codePointAt(index) ?? 0) : undefined;
    if (piece) {
      index += NAME_LENGTH;
      const blanks = style === PLAIN ? blanksAt(line, index, piece.texts.length - 1) : 0;
      index += blanks;
      pushPiece(texts, styles, piece, index < line.length ? blanks + 1 : piece.texts.length);
      unsure ||= piece.unsure;
      continue;
    }
    TEXT.lastIndex = index;
    const [text = ""] = TEXT.exec(line) ?? [];
    const upTo = named ? beforeName(text) : text;
    for (const { segment } of graphemes.segment(upTo)) {
      const width = Math.min(2, stringWidth(segment));
      if (width === 0) {
        // A combining mark without a base character, for example because its style differs: append it to the one
        // before.
        if (!CONTROL.test(segment) && texts.length > 0) {
          const head = texts.at(-1) === "" ? texts.length - 2 : texts.length - 1;
          texts[head] += segment;
          unsure = true;
        }
        continue;
      }
      if (!isSure(segment)) unsure = true;
      texts.push(segment);
      styles.push(segment === " " ? style.blank : style);
      if (width === 2) {
        texts.push("");
        styles.push(style);
      }
    }
    index += upTo.length;
  }
  return { texts, styles, unsure };
}

const BLANK = 0x20;
/** In UTF-16: names are surrogate pairs. */
export const NAME_LENGTH = 2;

/** Whether a code unit is the first of a character of Private Use Area B, U+100000 to U+10FFFF. */
function isName(code: number): boolean {
  return (code & 0xffc0) === 0xdbc0;
}

/** Returns the text up to the first name after its first character. */
function beforeName(text: string): string {
  for (let index = 1; index < text.length; index++) {
    if (isName(text.charCodeAt(index))) return text.slice(0, index);
  }
  return text;
}

/** Returns how many blanks there are from `index` on, `most` at most. */
function blanksAt(line: string, index: number, most: number): number {
  let count = 0;
  while (count < most && line.charCodeAt(index + count) === BLANK) count++;
  return count;
}

/** Adds the first `columns` cells of a piece; what covers the piece begins behind them. */
function pushPiece(texts: string[], styles: Style[], piece: Cells, columns: number): void {
  for (let column = 0; column < columns; column++) {
    texts.push(at(piece.texts, column));
    styles.push(at(piece.styles, column));
  }
  // Half of a wide character is covered.
  if (piece.texts[columns] === "") texts[texts.length - 1] = " ";
}

function filled(texts: string[], styles: Style[], columns: number, unsure: boolean): Row {
  if (texts.length > columns) {
    // Only one half of a wide character fits.
    if (texts[columns] === "") {
      texts[columns - 1] = " ";
      styles[columns - 1] = at(styles, columns - 1).blank;
    }
    texts.length = styles.length = columns;
  }
  let end = texts.length;
  while (end > 0 && texts[end - 1] === " " && styles[end - 1] === PLAIN) end--;
  while (texts.length < columns) {
    texts.push(" ");
    styles.push(PLAIN);
  }
  return { texts, styles, end, unsure };
}

/**
 * Returns whether a character takes one column in every terminal and never combines. The dashboard is drawn with these.
 */
function isSimple(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || (code >= 0x2500 && code <= 0x25fc) || (code >= 0x2800 && code <= 0x28ff) ||
    (code > 0xa0 && code < 0x250 && code !== 0xad) || (code >= 0x2010 && code <= 0x2027) ||
    (code >= 0x2190 && code <= 0x21ff);
}

/** Returns whether the character at `index` cannot combine with the next one. */
function isAlone(line: string, index: number): boolean {
  const next = line.charCodeAt(index + 1);
  return Number.isNaN(next) || isSimple(next) || next === ESCAPE || isName(next);
}

/** Single ideographs, kana and Hangul syllables, which take two columns in every terminal. */
const WIDE = /^[\u3001-\u303e\u3041-\u33ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]$/;

/** Returns whether all terminals give a character the same width. Emoji and combined code points vary. */
export function isSure(text: string): boolean {
  return (text.length === 1 && isSimple(text.charCodeAt(0))) || WIDE.test(text);
}

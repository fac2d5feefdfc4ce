/** A line of a frame as the cells of a terminal's row. Pure. */
import { at } from "../../at.ts";
import { graphemes, stringWidth } from "../text/width.ts";
import { PLAIN, type Style, styleAfter } from "./style.ts";

export interface Row {
  /** What stands in each column; empty in the second column of a wide character. */
  readonly texts: readonly string[];
  readonly styles: readonly Style[];
  /** Columns up to the last one that is not a plain blank. */
  readonly end: number;
  /** Whether terminals disagree about the width of something in it. */
  readonly unsure: boolean;
}

const ESCAPE = 0x1b;
// deno-lint-ignore no-control-regex -- escape sequences are what is meant.
const SEQUENCE = /\x1b(?:\[([\d;:?<=>]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|.|$)/ys;
/** Up to the next escape sequence. */
// deno-lint-ignore no-control-regex -- escape sequences are what is meant.
const TEXT = /[^\x1b]+/y;
/** Whether it has something to show: no control character. */
// deno-lint-ignore no-control-regex -- control characters are what is meant.
const CONTROL = /^[\x00-\x1f\x7f-\x9f]/;

/** A row of `columns` plain blanks. */
export function blankRow(columns: number): Row {
  return { texts: Array(columns).fill(" "), styles: Array(columns).fill(PLAIN), end: 0, unsure: false };
}

/** Returns the cells of a line with SGR sequences. What is beyond `columns` is cut, other control sequences are dropped. */
export function parseRow(line: string, columns: number): Row {
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
    } else if (isSimple(code) && isAlone(line, index)) {
      const text = line.charAt(index);
      texts.push(text);
      styles.push(code === BLANK ? style.blank : style);
      index++;
    } else {
      TEXT.lastIndex = index;
      const [text = ""] = TEXT.exec(line) ?? [];
      for (const { segment } of graphemes.segment(text)) {
        const width = Math.min(2, stringWidth(segment));
        if (width === 0) {
          // A mark without a character of its own: it goes with the one before it, whose style it may not have.
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
      index += text.length;
    }
  }
  return filled(texts, styles, columns, unsure);
}

const BLANK = 0x20;

function filled(texts: string[], styles: Style[], columns: number, unsure: boolean): Row {
  if (texts.length > columns) {
    // A wide character of which one half has room.
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

/** One column in every terminal and never a part of something longer: what the dashboard itself is drawn with. */
function isSimple(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || (code >= 0x2500 && code <= 0x25fc) || (code >= 0x2800 && code <= 0x28ff) ||
    (code > 0xa0 && code < 0x250 && code !== 0xad) || (code >= 0x2010 && code <= 0x2027) ||
    (code >= 0x2190 && code <= 0x21ff);
}

/** Whether nothing that follows can join the character at `index`. */
function isAlone(line: string, index: number): boolean {
  const next = line.charCodeAt(index + 1);
  return Number.isNaN(next) || isSimple(next) || next === ESCAPE;
}

/** Ideographs, kana and Hangul by themselves: two columns in every terminal that has them. */
const WIDE = /^[\u3001-\u303e\u3041-\u33ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]$/;

/** Whether all terminals give a character the same width: not so for emoji and for several code points in one. */
export function isSure(text: string): boolean {
  return (text.length === 1 && isSimple(text.charCodeAt(0))) || WIDE.test(text);
}

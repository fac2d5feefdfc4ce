/** A terminal's cursor and style, and the shortest sequences that change them. */
import { PLAIN, type Style, transition } from "./style.ts";

const CSI = "\x1b[";
const ERASE_TO_END = `${CSI}K`;
/** Whether a character beyond the last column begins the next row (DECAWM). */
const WRAP = { off: `${CSI}?7l`, on: `${CSI}?7h` };

export class Pen {
  #written = "";
  #length = 0;
  /** Null where somebody else may have moved the cursor. */
  #row: number | null = 0;
  /** Null where it depends on the terminal: behind the last column, and behind a character of unsure width. */
  #column: number | null = 0;
  #style = PLAIN;

  constructor(private readonly columns: number) {}

  /** What was written since `take`, in bytes of UTF-8. */
  get length(): number {
    return this.#length;
  }

  /** Returns what was written since the last call. */
  take(): string {
    const written = this.#written;
    this.#written = "";
    this.#length = 0;
    return written;
  }

  /** The cursor's column if it is in this row and its column is known. */
  columnIn(row: number): number | null {
    return row === this.#row ? this.#column : null;
  }

  /** The next move names row and column: what somebody else wrote in between is not to shift what is written here. */
  forgetPlace(): void {
    this.#row = null;
    this.#column = null;
  }

  style(style: Style): void {
    this.#write(transition(this.#style, style));
    this.#style = style;
  }

  /** Whether a character can be written in the style that is set. */
  fits(text: string, style: Style): boolean {
    return fits(text, style, this.#style);
  }

  put(text: string, style: Style, width: number, sure: boolean): void {
    if (!this.fits(text, style)) this.style(style);
    this.#write(text);
    if (this.#column === null) return;
    this.#column += width;
    if (!sure || this.#column >= this.columns) this.#column = null;
  }

  /** Erases from the cursor to the end of its row. Some terminals erase with the ground that is set, others without. */
  eraseToEnd(): void {
    if (this.#style.blank.key !== PLAIN.key) this.style(PLAIN);
    this.#write(ERASE_TO_END);
  }

  /** Keeps `draw` from running on into the next row. */
  withoutWrap(draw: () => void): void {
    this.#write(WRAP.off);
    draw();
    this.#write(WRAP.on);
    this.#column = null;
  }

  moveTo(row: number, column: number): void {
    if (row === this.#row && column === this.#column) return;
    // Forward along a row nothing is shorter.
    if (row === this.#row && this.#column !== null && this.#column < column) this.#write(along(this.#column, column));
    else this.#write(shortest([`${CSI}${position(row, column)}H`, ...this.#relative(row, column)]));
    this.#row = row;
    this.#column = column;
  }

  /** The ways from here that do not name the row. Never `\n` by itself, which some terminals take for `\r\n`. */
  #relative(row: number, column: number): string[] {
    if (this.#row === null) return [];
    const down = row - this.#row;
    const fromStart = `\r${along(0, column)}`;
    if (down === 0) {
      return [fromStart, ...(this.#column === null ? [] : [along(this.#column, column)])];
    }
    const vertical = down > 0 ? `${CSI}${many(down)}B` : `${CSI}${many(-down)}A`;
    return [
      ...(this.#column === null ? [] : [vertical + along(this.#column, column)]),
      ...(down > 0 && down <= 3 ? [`${"\r\n".repeat(down)}${along(0, column)}`] : []),
    ];
  }

  #write(text: string): void {
    this.#written += text;
    this.#length += utf8Length(text);
  }
}

/** Whether a character looks the same in a style that is set: its own, or for a blank one with the same ground and lines. */
export function fits(text: string, style: Style, set: Style): boolean {
  return style.key === (text === " " ? set.blank.key : set.key);
}

/** The length of a move by so many columns to the right. */
export function forwardLength(columns: number): number {
  return along(0, columns).length;
}

/** The parameters of CUP, which counts from 1 and may leave out what is 1. */
function position(row: number, column: number): string {
  if (column > 0) return `${row > 0 ? row + 1 : ""};${column + 1}`;
  return row > 0 ? String(row + 1) : "";
}

function along(from: number, to: number): string {
  if (to === from) return "";
  if (to > from) return `${CSI}${many(to - from)}C`;
  return from - to <= 3 ? "\b".repeat(from - to) : `${CSI}${many(from - to)}D`;
}

function many(count: number): string {
  return count === 1 ? "" : String(count);
}

function shortest(texts: readonly string[]): string {
  return texts.reduce((best, text) => (text.length < best.length ? text : best));
}

/** The length of a text in bytes of UTF-8. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Half of a surrogate pair, which is four bytes.
    length += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return length;
}

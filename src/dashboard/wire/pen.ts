/** Tracks a terminal's cursor and style, and writes the shortest sequences that change them. */
import { PLAIN, type Style, transition } from "./style.ts";

const CSI = "\x1b[";
const ERASE_TO_END = `${CSI}K`;
/** Turns automatic wrapping at the last column off and on (DECAWM). */
const WRAP = { off: `${CSI}?7l`, on: `${CSI}?7h` };

export class Pen {
  #written = "";
  #length = 0;
  /** The cursor's row, or null if another program may have moved the cursor. */
  #row: number | null = 0;
  /**
   * The cursor's column, or null if it depends on the terminal: after the last column or a character of unsure width.
   */
  #column: number | null = 0;
  #style = PLAIN;

  constructor(private readonly columns: number) {}

  /** The number of UTF-8 bytes written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /** Returns the text written since the last call. */
  take(): string {
    const written = this.#written;
    this.#written = "";
    this.#length = 0;
    return written;
  }

  /** Returns the cursor's column if the cursor is in this row and its column is known, otherwise null. */
  columnIn(row: number): number | null {
    return row === this.#row ? this.#column : null;
  }

  /** Makes the next move absolute, in case another program has moved the cursor in the meantime. */
  forgetPlace(): void {
    this.#row = null;
    this.#column = null;
  }

  style(style: Style): void {
    this.#write(transition(this.#style, style));
    this.#style = style;
  }

  /** Returns whether a character can be written in the current style. */
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

  /** Erases from the cursor to the end of its row. Resets the background first: only some terminals erase with it. */
  eraseToEnd(): void {
    if (this.#style.blank.key !== PLAIN.key) this.style(PLAIN);
    this.#write(ERASE_TO_END);
  }

  /** Runs `draw` with automatic wrapping turned off. */
  withoutWrap(draw: () => void): void {
    this.#write(WRAP.off);
    draw();
    this.#write(WRAP.on);
    this.#column = null;
  }

  moveTo(row: number, column: number): void {
    if (row === this.#row && column === this.#column) return;
    // Within a row, nothing is shorter than moving forward.
    if (row === this.#row && this.#column !== null && this.#column < column) this.#write(along(this.#column, column));
    else this.#write(shortest([`${CSI}${position(row, column)}H`, ...this.#relative(row, column)]));
    this.#row = row;
    this.#column = column;
  }

  /** Returns relative moves. None uses a single `\n`, which some terminals interpret as `\r\n`. */
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

/** Returns whether a character looks the same in the style `set`. For a blank, only background and lines matter. */
export function fits(text: string, style: Style, set: Style): boolean {
  return style.key === (text === " " ? set.blank.key : set.key);
}

/** Returns the length of the sequence that moves the cursor to the right. */
export function forwardLength(columns: number): number {
  return along(0, columns).length;
}

/** Returns the parameters of CUP, which counts from 1 and uses 1 for omitted parameters. */
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

/** Returns the length of a text in UTF-8 bytes. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // The last case of 2 is one half of a surrogate pair, which takes four bytes.
    length += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return length;
}

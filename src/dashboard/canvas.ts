/** Two ways to put lines on a grid of characters: 2×4 braille dots a cell, or one character a cell. */
import type { ChartRun, Series } from "./charts.ts";

interface Dot {
  readonly x: number;
  readonly y: number;
}

export interface Canvas {
  readonly rows: number;
  readonly dotColumns: number;
  readonly dotRows: number;
  /** Draws from one dot to another, both included. Takes and returns the dots travelled, so that a dotted line stays even. */
  line(from: Dot, to: Dot, series: Series["name"], travelled: number): number;
  mark(x: number, y: number): void;
  cells(row: number): ChartRun[];
}

/** Bit of each dot in a braille character, by row and column (Unicode 2800–28FF numbers them column by column). */
const DOT_BITS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const;
/** Training is dotted, so that the two can be told apart without colour: every second dot is drawn. */
const DOTTED_EVERY = 2;

/** Every dot on the way, the first left out where it was drawn as the end of the line before. */
function* between(from: Dot, to: Dot): Generator<Dot> {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  if (steps === 0) yield to;
  for (let step = 1; step <= steps; step++) {
    const share = step / steps;
    yield { x: Math.round(from.x + (to.x - from.x) * share), y: Math.round(from.y + (to.y - from.y) * share) };
  }
}

export class BrailleCanvas implements Canvas {
  readonly dotColumns: number;
  readonly dotRows: number;
  readonly #training: Uint8Array;
  readonly #validation: Uint8Array;
  #mark: number | null = null;

  constructor(private readonly columns: number, readonly rows: number) {
    this.dotColumns = columns * 2;
    this.dotRows = rows * 4;
    this.#training = new Uint8Array(columns * rows);
    this.#validation = new Uint8Array(columns * rows);
  }

  line(from: Dot, to: Dot, series: Series["name"], travelled: number): number {
    for (const { x, y } of between(from, to)) {
      if (series === "validation" || travelled % DOTTED_EVERY === 0) this.#set(x, y, series);
      travelled++;
    }
    return travelled;
  }

  mark(x: number, y: number): void {
    this.#mark = this.#cell(x, y);
  }

  cells(row: number): ChartRun[] {
    return Array.from({ length: this.columns }, (_, column) => {
      const index = row * this.columns + column;
      const training = this.#training[index] ?? 0;
      const validation = this.#validation[index] ?? 0;
      if (index === this.#mark) return { text: "◆", kind: "mark" };
      if (training === 0 && validation === 0) return { text: " ", kind: "blank" };
      const kind = validation === 0 ? "training" : "validation";
      return { text: String.fromCodePoint(0x2800 + (training | validation)), kind };
    });
  }

  #cell(x: number, y: number): number {
    return Math.floor(y / 4) * this.columns + Math.floor(x / 2);
  }

  #set(x: number, y: number, series: Series["name"]): void {
    if (x < 0 || y < 0 || x >= this.dotColumns || y >= this.dotRows) return;
    const bits = series === "validation" ? this.#validation : this.#training;
    const cell = this.#cell(x, y);
    bits[cell] = (bits[cell] ?? 0) | (DOT_BITS[y % 4]?.[x % 2] ?? 0);
  }
}

/** For terminals without Unicode: `*` training, `o` validation, `X` the best epoch. */
export class CharacterCanvas implements Canvas {
  readonly dotColumns: number;
  readonly dotRows: number;
  readonly #cells: ChartRun[];

  constructor(private readonly columns: number, readonly rows: number) {
    this.dotColumns = columns;
    this.dotRows = rows;
    this.#cells = Array.from({ length: columns * rows }, () => ({ text: " ", kind: "blank" }));
  }

  line(from: Dot, to: Dot, series: Series["name"], travelled: number): number {
    const run: ChartRun = { text: series === "training" ? "*" : "o", kind: series };
    for (const { x, y } of between(from, to)) {
      if (x >= 0 && y >= 0 && x < this.columns && y < this.rows) this.#cells[y * this.columns + x] = run;
      travelled++;
    }
    return travelled;
  }

  mark(x: number, y: number): void {
    this.#cells[y * this.columns + x] = { text: "X", kind: "mark" };
  }

  cells(row: number): ChartRun[] {
    return this.#cells.slice(row * this.columns, (row + 1) * this.columns);
  }
}

/** Draws curves with braille dots or quarter blocks. */
import { at } from "../../at.ts";
import { UNICODE } from "../drawing/glyphs.ts";
import { type Cut, type Dot, eachBetween, Layers, type Look } from "./layers.ts";
import type { ChartRun } from "./series.ts";

/** How a cell is divided into dots, and the character for each combination of set dots. */
interface Dots extends Cut {
  /** The bit of each dot, by row and column. */
  readonly bits: readonly (readonly number[])[];
  readonly character: (bits: number) => string;
}

/** Braille dots, U+2800–28FF. Unicode numbers the upper six dots column by column. */
export const BRAILLE: Dots = {
  across: 2,
  down: 4,
  bits: [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]],
  character: (bits) => String.fromCodePoint(0x2800 + bits),
};

const QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█";

/** Quarter blocks, for terminals whose font has no braille or draws it too thin. */
export const BLOCKS: Dots = {
  across: 2,
  down: 2,
  bits: [[1, 2], [4, 8]],
  character: (bits) => QUADRANTS.charAt(bits),
};

/**
 * The training curve is dotted, so that the curves can be told apart without colour: only every second dot is drawn.
 */
const DOTTED_EVERY = 2;

/**
 * The dots of one kind of curve. A cell has one colour, so where two runs meet it keeps the dots of the one drawn last.
 */
class Ink {
  readonly #bits: Uint8Array;
  readonly #runs = new Map<number, number>();

  constructor(cells: number) {
    this.#bits = new Uint8Array(cells);
  }

  set(cell: number, bit: number, run: number | undefined): void {
    if (this.#runs.get(cell) !== run) {
      this.#bits[cell] = 0;
      if (run === undefined) this.#runs.delete(cell);
      else this.#runs.set(cell, run);
    }
    this.#bits[cell] = at(this.#bits, cell) | bit;
  }

  bits(cell: number): number {
    return at(this.#bits, cell);
  }

  run(cell: number): number | undefined {
    return this.#runs.get(cell);
  }
}

export class DotCanvas extends Layers {
  readonly #faint: Ink;
  readonly #training: Ink;
  readonly #validation: Ink;

  constructor(columns: number, rows: number, protected override readonly dots: Dots) {
    super(columns, rows, dots, UNICODE);
    this.#faint = new Ink(columns * rows);
    this.#training = new Ink(columns * rows);
    this.#validation = new Ink(columns * rows);
  }

  line(from: Dot, to: Dot, look: Look, travelled: number): number {
    eachBetween(from, to, (x, y) => {
      if (look.name === "validation" || travelled % DOTTED_EVERY === 0) this.#set(x, y, look);
      travelled++;
    });
    return travelled;
  }

  protected override curve(index: number): ChartRun | null {
    const training = this.#training.bits(index);
    const validation = this.#validation.bits(index);
    const run = (validation === 0 ? this.#training : this.#validation).run(index);
    const piece = (bits: number, kind: ChartRun["kind"]) => ({ text: this.dots.character(bits), kind, run });
    if (validation !== 0) {
      return piece(this.#training.run(index) === run ? validation | training : validation, "validation");
    }
    if (training !== 0) return piece(training, "training");
    const faint = this.#faint.bits(index);
    return faint === 0 ? null : { text: this.dots.character(faint), kind: "faint", run: this.#faint.run(index) };
  }

  #set(x: number, y: number, { name, run, faint }: Look): void {
    if (!this.holds(x, y)) return;
    const bit = at(at(this.dots.bits, y % this.dots.down), x % this.dots.across);
    const ink = faint ? this.#faint : name === "validation" ? this.#validation : this.#training;
    ink.set(this.cell(x, y), bit, run);
  }
}

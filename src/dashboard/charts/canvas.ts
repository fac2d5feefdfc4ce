/** Ways to put lines on a grid of characters: 2×4 braille dots a cell, 2×2 blocks, or one character. */
import { at } from "../../at.ts";
import type { ChartRun, Drawing, Series } from "./series.ts";
import { ASCII, type Glyphs, UNICODE } from "../drawing/glyphs.ts";
import { graphemes, stringWidth } from "../text/width.ts";

interface Dot {
  readonly x: number;
  readonly y: number;
}

/** Which line it is, and whose. */
type Look = Pick<Series, "name" | "run" | "faint">;

export interface Canvas {
  readonly rows: number;
  readonly dotColumns: number;
  readonly dotRows: number;
  /** Draws from one dot to another, both included. Takes and returns the dots travelled, so that a dotted line stays even. */
  line(from: Dot, to: Dot, look: Look, travelled: number): number;
  /** The best epoch. */
  mark(x: number, y: number): void;
  /** One character, over the curves. */
  tag(x: number, y: number, text: string, run: number | undefined): void;
  /** A vertical line, behind the curves. */
  stop(x: number): void;
  /** A horizontal line, behind the curves. */
  level(y: number): void;
  /** A horizontal line of another kind, behind the curves. */
  reference(y: number): void;
  /**
   * Writes one of the texts, the longest first, on the horizontal line at `y` or on the row above or below it: the first
   * one that covers no curve, as far right as it can. If each would cover one, the last text is written where it covers
   * the least, validation less than training.
   */
  caption(y: number, texts: readonly string[]): void;
  cells(row: number): ChartRun[];
}

/** How a cell is cut into dots, and which character stands for those that are set. */
interface Dots {
  readonly across: number;
  readonly down: number;
  /** By row and column. */
  readonly bits: readonly (readonly number[])[];
  readonly character: (bits: number) => string;
}

/** Unicode 2800–28FF numbers the dots column by column. */
const BRAILLE: Dots = {
  across: 2,
  down: 4,
  bits: [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]],
  character: (bits) => String.fromCodePoint(0x2800 + bits),
};

const QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█";

/** For terminals whose font has no braille, or draws it too thin. */
const BLOCKS: Dots = {
  across: 2,
  down: 2,
  bits: [[1, 2], [4, 8]],
  character: (bits) => QUADRANTS.charAt(bits),
};

/** How many dots a row has from its bottom to its top. */
export const DOTS_PER_ROW: Readonly<Record<Drawing, number>> = { braille: BRAILLE.down, block: BLOCKS.down, ascii: 1 };

export function canvasFor(drawing: Drawing, columns: number, rows: number): Canvas {
  if (drawing === "ascii") return new CharacterCanvas(columns, rows);
  return new DotCanvas(columns, rows, drawing === "braille" ? BRAILLE : BLOCKS);
}

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

/** What it costs to cover a cell of each kind with a caption. A mark is never covered. */
const COVERS = { training: 1, validation: 10, mark: 1e6 };

/** What lies over the curves, and behind them, on either kind of canvas. */
abstract class Layers {
  readonly #tags = new Map<number, ChartRun>();
  readonly #stops = new Set<number>();
  readonly #levels = new Set<number>();
  readonly #references = new Set<number>();

  constructor(
    protected readonly columns: number,
    readonly rows: number,
    protected readonly dots: Pick<Dots, "across" | "down">,
    private readonly glyphs: Pick<Glyphs, "best" | "stop" | "level" | "reference">,
  ) {}

  get dotColumns(): number {
    return this.columns * this.dots.across;
  }

  get dotRows(): number {
    return this.rows * this.dots.down;
  }

  mark(x: number, y: number): void {
    this.tag(x, y, this.glyphs.best, undefined);
  }

  tag(x: number, y: number, text: string, run: number | undefined): void {
    this.#tags.set(this.cell(x, y), { text, kind: "mark", run });
  }

  stop(x: number): void {
    this.#stops.add(Math.floor(x / this.dots.across));
  }

  level(y: number): void {
    this.#levels.add(Math.floor(y / this.dots.down));
  }

  reference(y: number): void {
    this.#references.add(Math.floor(y / this.dots.down));
  }

  caption(y: number, texts: readonly string[]): void {
    const line = Math.floor(y / this.dots.down);
    const rows = [line, line - 1, line + 1].filter((row) => row >= 0 && row < this.rows);
    const costs = rows.map((row) => this.#costs(row));
    const places = texts.map((text) =>
      rows.map((row, place) => ({ row, text, ...cheapest(at(costs, place), stringWidth(text)) }))
        .reduce((one, other) => (other.cost < one.cost ? other : one))
    );
    const place = places.find(({ cost }) => cost === 0) ?? places.at(-1);
    if (place && place.cost < COVERS.mark) this.#write(place.row, place.column, place.text);
  }

  /** What it costs to cover each cell of a row. */
  #costs(row: number): number[] {
    return Array.from({ length: this.columns }, (_, column) => {
      const index = row * this.columns + column;
      if (this.#tags.has(index)) return COVERS.mark;
      const kind = this.curve(index)?.kind;
      return kind === undefined ? 0 : kind === "training" ? COVERS.training : COVERS.validation;
    });
  }

  #write(row: number, column: number, text: string): void {
    let index = row * this.columns + column;
    for (const { segment } of graphemes.segment(text)) {
      this.#tags.set(index++, { text: segment, kind: "caption" });
      // A wide character takes the next cell too.
      for (let rest = stringWidth(segment); rest > 1; rest--) this.#tags.set(index++, { text: "", kind: "caption" });
    }
  }

  cells(row: number): ChartRun[] {
    const level = this.#levels.has(row);
    const reference = this.#references.has(row);
    return Array.from({ length: this.columns }, (_, column) => {
      const index = row * this.columns + column;
      const curve = this.curve(index);
      const behind: ChartRun = this.#stops.has(column)
        ? { text: this.glyphs.stop, kind: "axis" }
        : reference
        ? { text: this.glyphs.reference, kind: "axis" }
        : level
        ? { text: this.glyphs.level, kind: "axis" }
        : { text: " ", kind: "blank" };
      return this.#tags.get(index) ?? curve ?? behind;
    });
  }

  protected cell(x: number, y: number): number {
    return Math.floor(y / this.dots.down) * this.columns + Math.floor(x / this.dots.across);
  }

  protected holds({ x, y }: Dot): boolean {
    return x >= 0 && y >= 0 && x < this.dotColumns && y < this.dotRows;
  }

  /** What the curves make of a cell; null where there is none. */
  protected abstract curve(index: number): ChartRun | null;
}

/** Where so many cells, with one more at either end, cover the least; of equal places the last. */
function cheapest(costs: readonly number[], width: number): { column: number; cost: number } {
  let best = { column: 0, cost: Infinity };
  for (let column = costs.length - width - 1; column >= 1 && best.cost > 0; column--) {
    const cost = costs.slice(column - 1, column + width + 1).reduce((sum, one) => sum + one, 0);
    if (cost < best.cost) best = { column, cost };
  }
  return best;
}

/** Dots of one kind of curve. Where two runs meet, a cell has those of the one drawn last: it has one colour. */
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

class DotCanvas extends Layers implements Canvas {
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
    for (const dot of between(from, to)) {
      if (look.name === "validation" || travelled % DOTTED_EVERY === 0) this.#set(dot, look);
      travelled++;
    }
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

  #set(dot: Dot, { name, run, faint }: Look): void {
    if (!this.holds(dot)) return;
    const bit = at(at(this.dots.bits, dot.y % this.dots.down), dot.x % this.dots.across);
    const ink = faint ? this.#faint : name === "validation" ? this.#validation : this.#training;
    ink.set(this.cell(dot.x, dot.y), bit, run);
  }
}

/** For terminals without Unicode: `*` training, `o` validation, `.` what a smoothed curve is made of, `X` the best epoch. */
class CharacterCanvas extends Layers implements Canvas {
  readonly #curves = new Map<number, ChartRun>();

  constructor(columns: number, rows: number) {
    super(columns, rows, { across: 1, down: 1 }, ASCII);
  }

  line(from: Dot, to: Dot, { name, run, faint }: Look, travelled: number): number {
    const piece: ChartRun = faint
      ? { text: ".", kind: "faint", run }
      : { text: name === "training" ? "*" : "o", kind: name, run };
    for (const dot of between(from, to)) {
      if (this.holds(dot)) this.#curves.set(this.cell(dot.x, dot.y), piece);
      travelled++;
    }
    return travelled;
  }

  protected override curve(index: number): ChartRun | null {
    return this.#curves.get(index) ?? null;
  }
}

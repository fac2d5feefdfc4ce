/** The parts that all canvases share: what is drawn over and behind the curves, and the dots of a line. */
import { at } from "../../at.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { graphemes, stringWidth } from "../text/width.ts";
import type { ChartRun, Series } from "./series.ts";

export interface Dot {
  readonly x: number;
  readonly y: number;
}

/** The kind of a curve, and the run it belongs to. */
export type Look = Pick<Series, "name" | "run" | "faint">;

/** How a cell is divided into dots: columns and rows. */
export interface Cut {
  readonly across: number;
  readonly down: number;
}

/**
 * Draws the dots of a line without its first dot, which is the end of the previous line. A single point is drawn as one
 * dot. Dots are numbers here, because a frame has ten thousands of them, which would be as much garbage as all else in
 * it.
 */
export function eachBetween(from: Dot, to: Dot, draw: (x: number, y: number) => void): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  if (steps === 0) draw(to.x, to.y);
  for (let step = 1; step <= steps; step++) {
    const share = step / steps;
    draw(Math.round(from.x + (to.x - from.x) * share), Math.round(from.y + (to.y - from.y) * share));
  }
}

/** The cost of covering a cell of each kind with a caption. Marks are never covered. */
const COVERS = { training: 1, validation: 10, mark: 1e6 };

/** The base class of canvases, which draws everything except the curves. */
export abstract class Layers {
  readonly #tags = new Map<number, ChartRun>();
  readonly #stops = new Set<number>();
  readonly #levels = new Set<number>();
  readonly #references = new Set<number>();

  constructor(
    protected readonly columns: number,
    readonly rows: number,
    protected readonly dots: Cut,
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

  /**
   * Writes a line's caption on it or beside it, but never on another line, which it would seem to belong to.
   *
   * @param texts ever shorter wordings
   * @param below the caption is left out if it covers curves at this cost or more
   */
  caption(y: number, texts: readonly string[], below = COVERS.mark): void {
    const line = Math.floor(y / this.dots.down);
    const isLine = (row: number) => this.#levels.has(row) || this.#references.has(row);
    const rows = [line, line - 1, line + 1].filter((row) =>
      row === line || (row >= 0 && row < this.rows && !isLine(row))
    );
    const costs = rows.map((row) => this.#costs(row));
    const places = texts.map((text) =>
      rows.map((row, place) => ({ row, text, ...cheapest(at(costs, place), stringWidth(text)) }))
        .reduce((one, other) => (other.cost < one.cost ? other : one))
    );
    const place = places.find(({ cost }) => cost === 0) ?? places.at(-1);
    if (place && place.cost < below) this.#write(place.row, place.column, place.text);
  }

  /** Returns the cost of covering each cell of a row. */
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
      // A wide character also takes the next cell.
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

  protected holds(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x < this.dotColumns && y < this.dotRows;
  }

  /** Returns the curves' character in a cell, or null if there is no curve. */
  protected abstract curve(index: number): ChartRun | null;
}

/** Returns the rightmost column where `width` cells, plus one at each end, have the lowest cost. */
function cheapest(costs: readonly number[], width: number): { column: number; cost: number } {
  let best = { column: 0, cost: Infinity };
  for (let column = costs.length - width - 1; column >= 1 && best.cost > 0; column--) {
    const cost = costs.slice(column - 1, column + width + 1).reduce((sum, one) => sum + one, 0);
    if (cost < best.cost) best = { column, cost };
  }
  return best;
}

/** Grids of characters to put lines on: 2×4 braille dots a cell, 2×2 blocks, or one character. */
import { CharacterCanvas } from "./character_canvas.ts";
import { BLOCKS, BRAILLE, DotCanvas } from "./dot_canvas.ts";
import type { ChartRun, Drawing } from "./series.ts";
import type { Dot, Look } from "./layers.ts";

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
   *
   * @param below a caption that would cover as much as this is left out: 1 for one that must cover no curve
   */
  caption(y: number, texts: readonly string[], below?: number): void;
  cells(row: number): ChartRun[];
}

/** How many dots a row has from its bottom to its top. */
export const DOTS_PER_ROW: Readonly<Record<Drawing, number>> = { braille: BRAILLE.down, block: BLOCKS.down, ascii: 1 };

/** An empty canvas of so many characters. */
export function canvasFor(drawing: Drawing, columns: number, rows: number): Canvas {
  if (drawing === "ascii") return new CharacterCanvas(columns, rows);
  return new DotCanvas(columns, rows, drawing === "braille" ? BRAILLE : BLOCKS);
}

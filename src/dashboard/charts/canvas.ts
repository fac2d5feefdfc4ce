/** Grids of cells to draw lines on. A cell has 2×4 braille dots, 2×2 blocks or one character. */
import { CharacterCanvas } from "./character_canvas.ts";
import { BLOCKS, BRAILLE, DotCanvas } from "./dot_canvas.ts";
import type { ChartRun, Drawing } from "./series.ts";
import type { Dot, Look } from "./layers.ts";

export interface Canvas {
  readonly rows: number;
  readonly dotColumns: number;
  readonly dotRows: number;
  /**
   * Draws a line from one dot to another, including both. Takes and returns the number of dots since the start of the
   * curve, so that dotted lines stay evenly dotted.
   */
  line(from: Dot, to: Dot, look: Look, travelled: number): number;
  /** Marks the best epoch. */
  mark(x: number, y: number): void;
  /** Writes one character over the curves. */
  tag(x: number, y: number, text: string, run: number | undefined): void;
  /** Draws a vertical line behind the curves. */
  stop(x: number): void;
  /** Draws a horizontal line behind the curves. */
  level(y: number): void;
  /** Draws a horizontal line in another style behind the curves. */
  reference(y: number): void;
  /**
   * Writes one of the texts on the horizontal line at `y` or on the row above or below it, as far right as possible.
   * Uses the first text that covers no curve. If every text would cover a curve, uses the last text at the place where
   * it covers the least. Covering the validation curve counts more than covering the training curve.
   *
   * @param texts the longest first
   * @param below the cost of covering curves from which on the caption is left out; 1 means that it must not cover any
   */
  caption(y: number, texts: readonly string[], below?: number): void;
  /** Returns the cells of a row, from left to right. */
  cells(row: number): ChartRun[];
}

/** The number of dots per row of characters. */
export const DOTS_PER_ROW: Readonly<Record<Drawing, number>> = { braille: BRAILLE.down, block: BLOCKS.down, ascii: 1 };

/** Returns an empty canvas. */
export function canvasFor(drawing: Drawing, columns: number, rows: number): Canvas {
  if (drawing === "ascii") return new CharacterCanvas(columns, rows);
  return new DotCanvas(columns, rows, drawing === "braille" ? BRAILLE : BLOCKS);
}

/** Draws line charts as grids of characters. Pure. */
import { at } from "../../at.ts";
import { SPAN } from "../../span.ts";
import { type Canvas, canvasFor, DOTS_PER_ROW } from "./canvas.ts";
import { decimate } from "./decimate.ts";
import { wholeStep } from "./epoch_axis.ts";
import { type Limits, linearScale } from "./linear_scale.ts";
import { logScale } from "./log_scale.ts";
import { dotOf, type Rows, type Scale } from "./scale.ts";
import { indexesWithin, type Point } from "./points.ts";
import type { ChartRun, Drawing, Reference, Series, Tag } from "./series.ts";
import { stringWidth } from "../text/width.ts";

export interface ChartInput {
  readonly width: number;
  readonly height: number;
  readonly series: readonly Series[];
  readonly from: number;
  readonly to: number;
  /** The limits of possible values, e.g. 0 and 1 for an accuracy. */
  readonly limits?: Limits;
  /** A value that the axis always includes. */
  readonly origin?: number;
  readonly mark?: Point | null;
  /** Characters on the curves, drawn in order. */
  readonly tags?: readonly Tag[];
  /** The positions of vertical lines behind the curves. */
  readonly stops?: readonly number[];
  /** The values of horizontal lines behind the curves. Lines outside the scale are not drawn. */
  readonly levels?: readonly number[];
  /** The captions of those lines. They are left out where they would cover a curve. */
  readonly levelCaptions?: readonly Reference[];
  /** Horizontal lines to compare the curves with, and their captions. */
  readonly references?: readonly Reference[];
  /** Whether the vertical axis is logarithmic. If it is, values that are not positive leave gaps. */
  readonly log?: boolean;
  readonly drawing: Drawing;
}

/** Returns `height` lines of exactly `width` columns, or no lines if there is no room for a curve. */
export function drawChart(input: ChartInput): ChartRun[][] {
  const { width, height } = input;
  const plotRows = height - 1;
  if (plotRows < 2 || width < 12) return [];
  const scale = verticalScale(input, { rows: plotRows, dotsPerRow: DOTS_PER_ROW[input.drawing] });
  const margin = Math.max(3, ...(scale?.ticks ?? []).map(({ label }) => stringWidth(label))) + 1;
  const plotColumns = width - margin - 1;
  const canvas = canvasFor(input.drawing, plotColumns, plotRows);
  if (scale) drawSeries(canvas, input, scale);
  const lines = Array.from({ length: plotRows }, (_, row) => plotLine(canvas, row, margin, scale, input.drawing));
  return [...lines, axisLine(input, margin, plotColumns)];
}

/** The largest value on an axis. A damaged log may contain larger ones, whose differences would overflow. */
const LARGEST = 1e300;

function within(value: number): number {
  return Math.max(-LARGEST, Math.min(LARGEST, value));
}

/** The minimum share of the height that the curves keep when the axis is extended to show a reference line. */
const CURVES_KEEP = 2 / 3;

function verticalScale(
  { series, from, to, limits, origin, references = [], log }: ChartInput,
  room: Rows,
): Scale | null {
  const spans = series.map(({ points }) => points.ys.over(SPAN, ...indexesWithin(points, from, to)));
  const lowest = Math.min(...spans.map((span) => log ? span.lowestPositive : span.lowest));
  const highest = Math.max(...spans.map((span) => span.highest));
  // Without a figure the lowest is Infinity, and on a logarithmic axis without a positive one too.
  if (lowest === Infinity) return null;
  let [min, max] = [within(lowest), within(highest)];
  if (!log && origin !== undefined) [min, max] = [Math.min(origin, min), Math.max(origin, max)];
  for (const { y } of references) {
    // A line above the curves must be visible to show that they have not reached it. A line below them may be left out
    // if it would squeeze the curves.
    if (y > max || (max - min) / (max - y) >= CURVES_KEEP) [min, max] = [Math.min(min, y), Math.max(max, y)];
  }
  return log ? logScale(min, max, room) : linearScale(min, max, room, limits);
}

function drawSeries(canvas: Canvas, input: ChartInput, scale: Scale): void {
  const { series, from, to, mark, tags = [], stops = [], levels = [], levelCaptions = [], references = [] } = input;
  const column = (x: number) => Math.round(((x - from) / Math.max(1e-9, to - from)) * (canvas.dotColumns - 1));
  const row = (y: number) => canvas.dotRows - 1 - dotOf(scale, y);
  const onScale = (y: number) => y >= scale.lower && y <= scale.upper;
  const lines = references.filter(({ y }) => onScale(y));
  for (const y of levels.filter(onScale)) canvas.level(row(y));
  for (const { y } of lines) canvas.reference(row(y));
  for (const x of stops) canvas.stop(column(x));
  for (const { points, ...look } of series) {
    let previous: { x: number; y: number } | null = null;
    let travelled = 0;
    for (const point of decimate(points, from, to, canvas.dotColumns)) {
      if (point.y === null || (scale.log && point.y <= 0)) {
        previous = null;
        continue;
      }
      const next = { x: column(point.x), y: row(within(point.y)) };
      travelled = canvas.line(previous ?? next, next, look, travelled);
      previous = next;
    }
  }
  for (const { x, y, text, run } of tags) canvas.tag(column(x), row(y), text, run);
  if (mark && mark.y !== null && mark.x >= from && mark.x <= to) canvas.mark(column(mark.x), row(mark.y));
  // Captions come last, because they are written where nothing else is.
  for (const { y, captions } of lines) canvas.caption(row(y), captions);
  for (const { y, captions } of levelCaptions) if (onScale(y)) canvas.caption(row(y), captions, 1);
}

function plotLine(canvas: Canvas, row: number, margin: number, scale: Scale | null, drawing: Drawing): ChartRun[] {
  const tick = scale?.ticks.find(({ dot }) => cellRow(canvas, dot) === row);
  const axis = AXES[drawing];
  const height = tick && scale?.log ? at(axis.heights, tick.dot % DOTS_PER_ROW[drawing]) : " ";
  return merge([
    { text: (tick?.label ?? "").padStart(margin - 1) + height, kind: "label" },
    { text: tick ? axis.tick : axis.line, kind: "axis" },
    ...canvas.cells(row),
  ]);
}

interface AxisCharacters {
  readonly line: string;
  readonly tick: string;
  /**
   * Before a tick of a logarithmic axis: at which dot of its row it is, from the bottom. They are beside the label,
   * because on the axis they would look like a piece of a curve.
   */
  readonly heights: readonly string[];
}

const AXES: Readonly<Record<Drawing, AxisCharacters>> = {
  braille: { line: "│", tick: "┤", heights: ["⣀", "⠤", "⠒", "⠉"] },
  block: { line: "│", tick: "┤", heights: ["▄", "▀"] },
  ascii: { line: "|", tick: "+", heights: [" "] },
};

/** Returns the row of a dot. Dots are counted from the bottom. */
function cellRow(canvas: Canvas, dot: number): number {
  return canvas.rows - 1 - Math.floor((dot * canvas.rows) / canvas.dotRows);
}

/** Returns the line with round numbers under the plot, each centred under its column. */
function axisLine({ from, to }: ChartInput, margin: number, plotColumns: number): ChartRun[] {
  const line = Array.from<string>({ length: margin + 1 + plotColumns }).fill(" ");
  const room = String(Math.round(to)).length + 6;
  const step = wholeStep(to - from, Math.max(1, Math.floor(plotColumns / room)));
  let free = 0;
  const put = (x: number) => {
    const text = String(x);
    const column = margin + 1 + Math.round(((x - from) / Math.max(1e-9, to - from)) * (plotColumns - 1));
    const start = Math.min(line.length - text.length, Math.max(0, column - Math.floor(text.length / 2)));
    if (start < free) return;
    for (const [index, character] of [...text].entries()) line[start + index] = character;
    free = start + text.length + 1;
  };
  put(from);
  // Skip a tick close to the first one, which would break the even spacing.
  for (let x = Math.ceil((from + step / 2 + 1e-9) / step) * step; x <= to; x += step) put(x);
  return [{ text: line.join(""), kind: "label" }];
}

/** Merges neighbours of the same kind. Blanks have no colour, so they join the run before them, which saves bytes. */
function merge(runs: readonly ChartRun[]): ChartRun[] {
  const merged: ChartRun[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last && ((last.kind === run.kind && last.run === run.run) || run.kind === "blank")) {
      merged[merged.length - 1] = { ...last, text: last.text + run.text };
    } else {
      merged.push(run);
    }
  }
  return merged;
}

/** The lines of the majority baselines in a history plot, and their captions, which never cover each other. Pure. */
import type { LineSeriesOption } from "echarts";
import { at } from "../at.ts";
import { count } from "../counted.ts";
import { majorityLine, type NamedMajority, type ReferenceLine } from "../dashboard/run_text/class_text.ts";
import { stringWidth } from "../dashboard/text/width.ts";
import type { PlotSize } from "./draw_plot.ts";
import type { Panel } from "./history_curves.ts";
import { INK, LABEL, LINES } from "./plot_style.ts";

/** The height of a caption's row, and the distance of a caption from its line, in units of the plot. */
const ROW = 15;
const DISTANCE = 5;
/** A caption may be as far above its panel as this: the space there has room for one row. */
const ABOVE_PANEL = ROW + DISTANCE;
/** A generous width of a character, and what a caption leaves free of the panel's width. */
const CHARACTER = 7.5;
const MARGIN = 20;
/** The maximum number of captions in one place. More would hide the curves. */
const MOST_ROWS = 4;

/** Lines at similar heights, the highest first, with one caption of several rows. */
interface Block {
  readonly lines: readonly ReferenceLine[];
  readonly rows: readonly string[];
  /** Whether the caption is below the lowest line instead of above the highest one. */
  readonly isBelow: boolean;
  /** What lines and caption cover, in units of the plot from the panel's top. */
  readonly from: number;
  readonly to: number;
}

/**
 * Returns horizontal lines at the majority baselines, if this panel has them. They belong to a series without points.
 *
 * @param size the size of the panel without the space around it, whose vertical axis is from 0 to 1
 */
export function majorityLines(
  majorities: readonly NamedMajority[],
  { index, name }: Panel,
  size: PlotSize,
): LineSeriesOption[] {
  const lines = majorities.map((majority) => majorityLine(majority, name)).filter((line) => line !== null);
  if (lines.length === 0) return [];
  const blocks = separated(lines.toSorted((one, other) => other.y - one.y).map((line) => blockOf([line], size)), size);
  return [{
    type: "line",
    name: "majority",
    xAxisIndex: index,
    yAxisIndex: index,
    z: 1,
    data: [],
    markLine: {
      symbol: "none",
      lineStyle: { color: INK, ...LINES.majority },
      data: blocks.flatMap(({ lines, rows, isBelow }) =>
        lines.map(({ y }, place) => ({
          yAxis: y,
          label: {
            ...LABEL,
            show: place === (isBelow ? lines.length - 1 : 0),
            lineHeight: ROW,
            // At the end of the line, because the curves cross its beginning.
            position: isBelow ? "insideEndBottom" as const : "insideEndTop" as const,
            formatter: rows.join("\n"),
          },
        }))
      ),
    },
  }];
}

/** Joins neighbours until no caption covers another one or another block's line, which it would seem to belong to. */
function separated(blocks: readonly Block[], size: PlotSize): readonly Block[] {
  const place = blocks.findIndex((block, index) => block.to > (blocks[index + 1]?.from ?? Infinity));
  if (place < 0) return blocks;
  const joined = blockOf([...at(blocks, place).lines, ...at(blocks, place + 1).lines], size);
  return separated(blocks.toSpliced(place, 2, joined), size);
}

function blockOf(lines: readonly ReferenceLine[], { width, height }: PlotSize): Block {
  const rows = lines.length > MOST_ROWS ? [rangeText(lines)] : lines.map((line) => fitting(line, width));
  const [highest, lowest] = [at(lines, 0), at(lines, lines.length - 1)].map(({ y }) => height * (1 - y));
  const [top = 0, bottom = 0] = [highest, lowest];
  const caption = DISTANCE + ROW * rows.length;
  const isBelow = top - caption < -ABOVE_PANEL;
  return isBelow
    ? { lines, rows, isBelow, from: top, to: bottom + caption }
    : { lines, rows, isBelow, from: top - caption, to: bottom };
}

/** Returns the longest caption that does not reach beyond the panel. */
function fitting({ captions }: ReferenceLine, width: number): string {
  return captions.find((text) => stringWidth(text) * CHARACTER <= width - MARGIN) ?? at(captions, captions.length - 1);
}

function rangeText(lines: readonly ReferenceLine[]): string {
  const [highest, lowest] = [at(lines, 0), at(lines, lines.length - 1)].map(({ y }) => y.toFixed(2));
  return `most frequent class, ${count(lines.length)} baselines: ${lowest} to ${highest}`;
}

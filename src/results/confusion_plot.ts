/**
 * The confusion matrix as an image. Rows are true classes, columns are predicted classes, and cells with more images
 * are darker. Pure.
 */
import type { EChartsOption } from "echarts";
import { count } from "../counted.ts";
import { cut, stringWidth } from "../dashboard/text/width.ts";
import type { PlotSize } from "./draw_plot.ts";
import { type EvaluationHead, headTitle } from "./evaluation_text.ts";
import type { Tally } from "./metrics.ts";
import { FONTS, INK } from "./plot_style.ts";

/** Returns the side of a cell, which is smaller for many classes. */
function cellSize(classes: number): number {
  return Math.max(12, Math.min(52, Math.floor(1100 / classes)));
}

const TOP = 110;
const RIGHT = 40;
/** The smallest cell that has room for a number. */
const NUMBERED_FROM = 24;
/** The maximum width of a name, in columns. */
const NAME_COLUMNS = 22;

/** Returns the space for class names at the left and below. A column of text is about 8 wide, the axis title 50. */
function nameRoom(classes: readonly { readonly name: string }[]): number {
  return 60 + 8 * Math.min(NAME_COLUMNS, Math.max(0, ...classes.map(({ name }) => stringWidth(name))));
}

/** Returns the size of the image, which depends on the number of classes and the length of their names. */
export function confusionPlotSize({ classes }: Pick<Tally, "classes">): PlotSize {
  const side = classes.length * cellSize(classes.length);
  const names = nameRoom(classes);
  return { width: Math.max(640, names + side + RIGHT), height: TOP + side + names };
}

/**
 * Returns the chart for ECharts. A cell is shaded by its share of the true class, so that small classes are as visible
 * as large ones.
 */
export function confusionPlot(
  head: EvaluationHead,
  { classes, confusion, correct, count: images, accuracy }: Tally,
): EChartsOption {
  const cell = cellSize(classes.length);
  const side = classes.length * cell;
  const room = nameRoom(classes);
  const names = classes.map(({ name }) => cut(name, NAME_COLUMNS));
  const axis = { type: "category" as const, data: names, axisTick: { show: false }, splitArea: { show: false } };
  const label = { color: INK, fontSize: Math.min(13, cell - 1), interval: 0 };
  return {
    animation: false,
    backgroundColor: "#FFFFFF",
    textStyle: { fontFamily: FONTS, color: INK },
    title: {
      text: headTitle(head),
      subtext: `${head.images}: ${count(correct)} of ${count(images)} correct, accuracy ${accuracy.toFixed(3)}`,
      left: 20,
      top: 14,
      textStyle: { fontSize: 15, fontWeight: "normal", color: INK },
      subtextStyle: { fontSize: 13, color: INK },
    },
    grid: { left: room, top: TOP, width: side, height: side },
    xAxis: {
      ...axis,
      name: "predicted",
      nameLocation: "middle",
      nameGap: room - 26,
      nameTextStyle: { color: INK, fontSize: 13 },
      axisLabel: { ...label, rotate: 90 },
    },
    yAxis: {
      ...axis,
      inverse: true,
      name: "true",
      nameLocation: "middle",
      nameGap: room - 26,
      nameTextStyle: { color: INK, fontSize: 13 },
      axisLabel: label,
    },
    visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: { color: ["#FFFFFF", "#9CC9E2", "#0B3C5D"] } },
    series: [{
      type: "heatmap",
      itemStyle: { borderColor: "#E6E6E6", borderWidth: 1 },
      data: confusion.flatMap((row, actual) => {
        const support = row.reduce((sum, value) => sum + value, 0);
        return row.map((value, predicted) => {
          const share = support === 0 ? 0 : value / support;
          return {
            value: [predicted, actual, share],
            label: {
              show: value > 0 && cell >= NUMBERED_FROM,
              formatter: count(value),
              color: share > 0.55 ? "#FFFFFF" : INK,
              fontSize: Math.min(14, Math.floor(cell / 2.4)),
            },
          };
        });
      }),
    }],
  };
}

/**
 * One panel of the training history as a plot of its own, for a page that sets its title and its legend as text. Pure.
 */
import type { EChartsOption } from "echarts";
import type { PlotSize } from "./draw_plot.ts";
import { epochAxis, figureAxis, WIDE_FROM } from "./history_axes.ts";
import { majorityLines } from "./baseline_lines.ts";
import { curves, type Panel } from "./history_curves.ts";
import { curvesName } from "./history_legend.ts";
import { FONTS, INK, LINES, type RunStyle, runStyle, STAR, STOP_ICON } from "./plot_style.ts";
import { largestOf, majoritiesOf, type PlottedRun } from "./plotted_run.ts";

/** Small, so that its labels can be read on a phone, where it is scaled down. */
export const PANEL_SIZE: PlotSize = { width: 440, height: 300 };
/** The room for the labels of the vertical axis. */
const LEFT = 46;
const WIDE_LEFT = 66;
/** The space on the other sides of the panel. */
const AROUND = { right: 32, top: 24, bottom: 44 };

/** Returns the chart for ECharts, for one run or several. */
export function panelPlot(runs: readonly PlottedRun[], panel: Panel): EChartsOption {
  const only = { ...panel, index: 0 };
  const lines = runs.flatMap((run, index) =>
    curves(run, only, runStyle(index, runs.length), { name: curvesName(index), index, count: runs.length })
  );
  const left = largestOf(runs, panel.keys) >= WIDE_FROM ? WIDE_LEFT : LEFT;
  const { width, height } = PANEL_SIZE;
  const inside = { width: width - left - AROUND.right, height: height - AROUND.top - AROUND.bottom };
  return {
    ...BARE,
    grid: { left, ...AROUND },
    xAxis: epochAxis(runs, only),
    yAxis: { ...figureAxis(runs, only), name: "" },
    series: [...lines, ...majorityLines(majoritiesOf(runs), only, inside)],
  };
}

const BARE = {
  animation: false,
  backgroundColor: "#FFFFFF",
  textStyle: { fontFamily: FONTS, color: INK },
} as const;

/** What an entry of the legend explains: a line, a mark, or a run with its marker. */
export type SwatchKind = "training" | "validation" | "best" | "stop" | "run";

export const SWATCH_SIZE: PlotSize = { width: 44, height: 18 };

/** Returns the picture beside an entry of the legend. */
export function swatchPlot(kind: SwatchKind, style: RunStyle): EChartsOption {
  const color = kind === "training" ? style.training : style.validation;
  const mark = { best: STAR, stop: STOP_ICON, run: style.symbol, training: null, validation: null }[kind];
  const line = kind === "training" ? LINES.training : LINES.validation;
  const hidden = { type: "value" as const, show: false, min: 0, max: 2 };
  return {
    ...BARE,
    grid: { left: 2, right: 2, top: 1, bottom: 1 },
    xAxis: hidden,
    yAxis: hidden,
    series: [{
      type: "line",
      data: kind === "best" || kind === "stop" ? [[1, 1]] : [
        { value: [0, 1], symbol: "none" },
        { value: [1, 1], symbol: mark ?? "none" },
        { value: [2, 1], symbol: "none" },
      ],
      symbol: mark ?? "none",
      symbolSize: kind === "run" ? 9 : 15,
      showAllSymbol: true,
      lineStyle: { color, ...line },
      itemStyle: { color },
    }],
  };
}

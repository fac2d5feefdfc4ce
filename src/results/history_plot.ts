/**
 * The training history plotted as in the lesson: accuracy and loss side by side, training and validation over epochs.
 * Pure.
 */
import type { EChartsOption } from "echarts";
import { cut } from "../dashboard/text/width.ts";
import type { PlotSize } from "./draw_plot.ts";
import { majorityLines } from "./baseline_lines.ts";
import { curves, PANELS } from "./history_curves.ts";
import { epochAxis, figureAxis } from "./history_axes.ts";
import { curvesName, historyLegends, legendHeight } from "./history_legend.ts";
import { FONTS, INK, runStyle } from "./plot_style.ts";
import { majoritiesOf, type PlottedRun } from "./plotted_run.ts";

/** The width of a panel including the space around it. */
const PANEL_STEP = 600;
const PLOT_WIDTH = PANEL_STEP * PANELS.length;
const PANEL_LEFTS = PANELS.map(({ index }) => 70 + PANEL_STEP * index);
const PANEL_SIZE: PlotSize = { width: 480, height: 372 };
const PANEL_TOP = 62;
/** The legends are below the panels, where they cannot cover a curve. */
const LEGEND_TOP = PANEL_TOP + PANEL_SIZE.height + 60;
/** The maximum width of a title, in columns. */
const TITLE_COLUMNS = 105;

/** Returns the size of the plot for a number of runs. */
export function historyPlotSize(runs: number): PlotSize {
  return { width: PLOT_WIDTH, height: LEGEND_TOP + legendHeight(runs) + 16 };
}

/** Returns the chart for ECharts, for one run or several. */
export function historyPlot(runs: readonly PlottedRun[]): EChartsOption {
  const { legend, series } = historyLegends(runs, { top: LEGEND_TOP, width: PANEL_SIZE.width, lefts: PANEL_LEFTS });
  const lines = PANELS.flatMap((panel) =>
    runs.flatMap((run, index) =>
      curves(run, panel, runStyle(index, runs.length), { name: curvesName(index), index, count: runs.length })
    )
  );
  return {
    animation: false,
    backgroundColor: "#FFFFFF",
    textStyle: { fontFamily: FONTS, color: INK },
    title: {
      text: cut(title(runs), TITLE_COLUMNS),
      left: "center",
      top: 10,
      textStyle: { fontSize: 16, fontWeight: "normal", color: INK },
    },
    grid: PANEL_LEFTS.map((left) => ({ left, top: PANEL_TOP, ...PANEL_SIZE })),
    xAxis: PANELS.map((panel) => epochAxis(runs, panel)),
    yAxis: PANELS.map((panel) => figureAxis(runs, panel)),
    legend,
    series: [...lines, ...PANELS.flatMap((panel) => majorityLines(majoritiesOf(runs), panel, PANEL_SIZE)), ...series],
  };
}

function title(runs: readonly PlottedRun[]): string {
  const [run] = runs;
  if (runs.length !== 1 || !run) return `${runs.length} runs`;
  return [run.label, run.facts].filter((part) => part !== "").join("   ");
}

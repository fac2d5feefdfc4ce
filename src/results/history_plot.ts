/** The training history as the lesson plots it: accuracy beside loss, training and validation over epochs. Pure. */
import type { EChartsOption, LineSeriesOption } from "echarts";
import type { EpochFigures } from "../events.ts";
import type { PlottedRun } from "./plotted_run.ts";
import type { PlotSize } from "./draw_plot.ts";
import { FONT, GRID, INK, type RunStyle, runStyle } from "./plot_style.ts";

const PLOT_WIDTH = 1200;
/** Without the legends, which grow with the runs. */
const PANEL_BOTTOM = 500;
const LEGEND_ROW = 24;

/** About so many markers a curve: enough to follow it, few enough to see it. */
const MARKERS = 8;

interface Panel {
  readonly index: 0 | 1;
  readonly name: string;
  readonly training: "accuracy" | "loss";
  readonly validation: "val_accuracy" | "val_loss";
  /** The axis' ends where the figure itself has some. */
  readonly limits: { readonly min: number; readonly max?: number };
}

const PANELS: readonly Panel[] = [
  { index: 0, name: "accuracy", training: "accuracy", validation: "val_accuracy", limits: { min: 0, max: 1 } },
  { index: 1, name: "loss", training: "loss", validation: "val_loss", limits: { min: 0 } },
];

/** How large the plot of so many runs is. */
export function historyPlotSize(runs: number): PlotSize {
  return { width: PLOT_WIDTH, height: PANEL_BOTTOM + LEGEND_ROW * (runs === 1 ? 1 : 2 * runs) + 16 };
}

/** What ECharts draws for one run, or for several over each other. */
export function historyPlot(runs: readonly PlottedRun[]): EChartsOption {
  return {
    animation: false,
    backgroundColor: "#FFFFFF",
    textStyle: { fontFamily: FONT, color: INK },
    title: {
      text: title(runs),
      left: "center",
      top: 12,
      textStyle: { fontSize: 16, fontWeight: "normal", color: INK },
    },
    grid: PANELS.map(({ index }) => ({ left: index === 0 ? 70 : 670, width: 480, top: 56, height: 380 })),
    xAxis: PANELS.map(({ index }) => ({
      type: "value",
      gridIndex: index,
      name: "epoch",
      nameLocation: "middle",
      nameGap: 30,
      min: 0,
      minInterval: 1,
      ...axisStyle,
    })),
    yAxis: PANELS.map(({ index, name, limits }) => ({
      type: "value",
      gridIndex: index,
      name,
      nameLocation: "middle",
      nameGap: 44,
      ...limits,
      ...axisStyle,
    })),
    legend: PANELS.map((panel) => ({
      // Below its panel, where no curve runs.
      left: panel.index === 0 ? 70 : 670,
      width: 480,
      top: PANEL_BOTTOM - 4,
      itemWidth: 42,
      itemGap: 24,
      ...(runs.length > 1 ? { orient: "vertical" as const, itemGap: LEGEND_ROW - 14 } : {}),
      data: runs.flatMap((run) => [panel.training, panel.validation].map((key) => seriesName(run, key, runs))),
      textStyle: { color: INK, fontSize: 12 },
      type: "plain",
      // A single run's curves have no markers to be told apart by.
      ...(runs.length === 1 ? { itemStyle: { opacity: 0 } } : {}),
    })),
    series: PANELS.flatMap((panel) => runs.flatMap((run, place) => curves(run, runStyle(place), panel, runs))),
  };
}

const axisStyle = {
  axisLine: { show: true, lineStyle: { color: INK } },
  axisTick: { show: true },
  axisLabel: { color: INK, fontSize: 12 },
  splitLine: { show: true, lineStyle: { color: GRID } },
  nameTextStyle: { color: INK, fontSize: 13 },
} as const;

function title(runs: readonly PlottedRun[]): string {
  const [run] = runs;
  if (runs.length !== 1 || !run) return `${runs.length} runs`;
  return [run.id, run.facts].filter((part) => part !== "").join("   ");
}

/** Keras's names; with several runs, whose curve it is. */
function seriesName({ id }: PlottedRun, key: string, runs: readonly PlottedRun[]): string {
  return runs.length === 1 ? key : `${key}  ${id}`;
}

function curves(
  run: PlottedRun,
  style: RunStyle,
  panel: Panel,
  runs: readonly PlottedRun[],
): LineSeriesOption[] {
  const alone = runs.length === 1;
  const line = (key: keyof EpochFigures, validation: boolean): LineSeriesOption => ({
    type: "line",
    name: seriesName(run, key, runs),
    xAxisIndex: panel.index,
    yAxisIndex: panel.index,
    data: points(run.epochs, key, alone ? null : style.symbol),
    connectNulls: false,
    symbol: alone ? "none" : style.symbol,
    symbolSize: 8,
    showAllSymbol: true,
    // Validation is the solid, strong line in every view of Headlight's; training is dashed.
    lineStyle: { color: style.colour, width: validation ? 2.5 : 1.5, type: validation ? "solid" : [5, 4] },
    itemStyle: { color: style.colour },
    ...(validation ? marks(run, style, panel, alone) : {}),
  });
  return [line(panel.training, false), line(panel.validation, true)];
}

/** A figure that is not finite leaves a gap; a lone one between gaps is seen by its marker. */
function points(epochs: readonly EpochFigures[], key: keyof EpochFigures, symbol: string | null) {
  const every = Math.max(1, Math.ceil(epochs.length / MARKERS));
  return epochs.map((figures, index) => {
    const alone = figures[key] !== null && (epochs[index - 1]?.[key] ?? null) === null &&
      (epochs[index + 1]?.[key] ?? null) === null;
    const marked = alone || (symbol !== null && index % every === every - 1);
    return {
      value: [figures.epoch, figures[key] ?? "-"],
      symbol: marked ? symbol ?? "circle" : "none",
      ...(alone ? { symbolSize: 7 } : {}),
    };
  });
}

/** The best epoch as a point, the stop as a line with its reason. */
function marks(run: PlottedRun, { colour }: RunStyle, panel: Panel, alone: boolean): Partial<LineSeriesOption> {
  const best = run.epochs.find(({ epoch }) => epoch === run.bestEpoch);
  const value = best?.[panel.validation] ?? null;
  return {
    ...(best && value !== null
      ? {
        markPoint: {
          symbol: "diamond",
          symbolSize: 15,
          itemStyle: { color: colour, borderColor: "#FFFFFF", borderWidth: 1.5 },
          label: {
            show: alone,
            position: panel.index === 0 ? "bottom" : "top",
            distance: 8,
            formatter: `best: epoch ${best.epoch}, ${value.toFixed(panel.index === 0 ? 3 : 2)}`,
            color: INK,
            fontSize: 12,
          },
          data: [{ name: "best", coord: [best.epoch, value] }],
        },
      }
      : {}),
    ...(run.stop && run.stop.epoch > 0
      ? {
        markLine: {
          symbol: "none",
          lineStyle: { color: colour, width: 1, type: [2, 3] },
          label: {
            show: alone,
            position: "end",
            rotate: 0,
            formatter: `${run.stop.why}, epoch ${run.stop.epoch}`,
            color: INK,
            fontSize: 11,
          },
          data: [{ xAxis: run.stop.epoch }],
        },
      }
      : {}),
  };
}

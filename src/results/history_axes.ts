/** The axes of a panel of the training history. Pure. */
import type { XAXisComponentOption, YAXisComponentOption } from "echarts";
import { tidy } from "../dashboard/charts/scale.ts";
import { EXPONENT_FROM } from "../dashboard/text/formats.ts";
import type { Panel } from "./history_curves.ts";
import { GRID, INK } from "./plot_style.ts";
import { largestOf, type PlottedRun } from "./plotted_run.ts";

/** Returns the horizontal axis of a panel. */
export function epochAxis(runs: readonly PlottedRun[], { index }: Panel): XAXisComponentOption {
  return {
    ...AXIS,
    gridIndex: index,
    name: "epoch",
    nameGap: 30,
    min: 0,
    minInterval: 1,
    // A single epoch would otherwise be on the edge of the panel.
    ...(runs.every(({ epochs }) => epochs.length < 2) ? { max: 2 } : {}),
  };
}

/** Returns the vertical axis of a panel. */
export function figureAxis(runs: readonly PlottedRun[], { index, name, keys, limits }: Panel): YAXisComponentOption {
  return {
    ...AXIS,
    axisLabel: { ...AXIS.axisLabel, formatter: tickLabel },
    gridIndex: index,
    name,
    nameGap: largestOf(runs, keys) < WIDE_FROM ? NAME_GAP : WIDE_NAME_GAP,
    ...limits,
  };
}

const AXIS = {
  type: "value" as const,
  nameLocation: "middle" as const,
  axisLine: { show: true, lineStyle: { color: INK } },
  axisTick: { show: true },
  axisLabel: { color: INK, fontSize: 12 },
  splitLine: { show: true, lineStyle: { color: GRID } },
  nameTextStyle: { color: INK, fontSize: 13 },
};

/** Returns the label of a tick on a vertical axis. The panels have no room for a long one. */
function tickLabel(value: number): string {
  return Math.abs(value) < EXPONENT_FROM
    ? value.toLocaleString("en-US", { maximumFractionDigits: 12 })
    : tidy(value).toExponential();
}

/** The distance of the name of a vertical axis from it, and that beside labels of five characters or more. */
const NAME_GAP = 44;
const WIDE_NAME_GAP = 64;
/** From this value on, labels have five characters or more. */
export const WIDE_FROM = 1e4;

/** The legends of a history plot: below each panel the meaning of its lines, below both panels the runs. Pure. */
import type { LegendComponentOption, LineSeriesOption } from "echarts";
import { at } from "../at.ts";
import { cut, stringWidth } from "../dashboard/text/width.ts";
import { type Panel, PANELS } from "./history_curves.ts";
import { bestAmong, bestWords, type PlottedRun, stopWords } from "./plotted_run.ts";
import { INK, LINES, runStyle, STAR, STOP_ICON } from "./plot_style.ts";

const ROW = 24;
const ICON_HEIGHT = 14;
/** The maximum width of a row, and the minimum width of a run's label, in columns. */
const ROW_COLUMNS = 145;
const LABEL_COLUMNS = 60;

/** An entry of a panel's legend. ECharts takes its look from a series without points. */
interface Entry {
  readonly series: LineSeriesOption & { readonly name: string };
  /** The symbol, or null for a line. */
  readonly icon: string | null;
}

export interface LegendSpace {
  readonly top: number;
  readonly width: number;
  /** The left edge of each panel. */
  readonly lefts: readonly number[];
}

/** Returns the height of the legends for a number of runs. */
export function legendHeight(runs: number): number {
  return ROW * (runs === 1 ? 3 : runs + 1);
}

/** Returns the name of a run's curves in ECharts. Not the run's label, because two runs may have the same one. */
export function curvesName(place: number): string {
  return `run ${place}`;
}

/** Returns the legends and the series without points that they need. */
export function historyLegends(
  runs: readonly PlottedRun[],
  { top, width, lefts }: LegendSpace,
): { legend: LegendComponentOption[]; series: LineSeriesOption[] } {
  const rows = PANELS.flatMap((panel) =>
    panelRows(runs, panel).map((entries, row) => ({ left: at(lefts, panel.index), top: top + row * ROW, entries }))
  );
  const series = rows.flatMap(({ entries }) => entries.map((entry) => entry.series));
  const legend = rows.map(({ left, top, entries }): LegendComponentOption => ({
    ...LOOK,
    left,
    top,
    width,
    itemGap: 22,
    data: entries.map(({ series: { name }, icon }) =>
      icon === null ? { name, itemStyle: { opacity: 0 } } : { name, icon }
    ),
  }));
  return { legend: runs.length === 1 ? legend : [...legend, runsLegend(runs, top + ROW, at(lefts, 0))], series };
}

const LOOK = {
  type: "plain" as const,
  itemWidth: 40,
  itemHeight: ICON_HEIGHT,
  textStyle: { color: INK, fontSize: 12 },
};

/**
 * Returns the rows of a panel's legend. For one run: the two curves, the best epoch and the stop. For several: the
 * meaning of all lines and marks, in one row.
 */
function panelRows(runs: readonly PlottedRun[], { keys }: Panel): Entry[][] {
  const [run] = runs;
  const colours = runs.length === 1 ? runStyle(0, 1) : { training: INK, validation: INK };
  const lines = (["training", "validation"] as const).map((kind, which): Entry => ({
    series: entrySeries(at(keys, which), colours[kind], LINES[kind]),
    icon: null,
  }));
  const mark = (name: string, colour: string, icon: string): Entry => ({ series: entrySeries(name, colour), icon });
  if (runs.length > 1 || !run) return [[...lines, mark("best epoch", INK, STAR), mark("stop", INK, STOP_ICON)]];
  const best = bestAmong(run, keys);
  // One row each, because ECharts only knows the character widths of another font, and long texts would overlap.
  return [
    lines,
    ...(best ? [[mark(bestWords(run, best), best.key === keys[0] ? colours.training : colours.validation, STAR)]] : []),
    ...(run.stop ? [[mark(stopWords(run.stop), colours.validation, STOP_ICON)]] : []),
  ];
}

function entrySeries(name: string, color: string, line: LineSeriesOption["lineStyle"] = {}): Entry["series"] {
  return { type: "line", name, data: [], lineStyle: { color, ...line }, itemStyle: { color } };
}

/** Returns a legend with one row per run: its marker, its label, its best epoch and its stop. */
function runsLegend(runs: readonly PlottedRun[], top: number, left: number): LegendComponentOption {
  const texts = new Map(runs.map((run, place) => [curvesName(place), runText(run)]));
  return {
    ...LOOK,
    left,
    top,
    orient: "vertical",
    itemGap: ROW - ICON_HEIGHT,
    data: [...texts.keys()],
    formatter: (name) => texts.get(name) ?? name,
  };
}

function runText(run: PlottedRun): string {
  const best = bestAmong(run);
  const facts = [...(best ? [bestWords(run, best)] : []), ...(run.stop ? [stopWords(run.stop)] : [])];
  const rest = facts.map((fact) => `   ${fact}`).join("");
  return cut(run.label, Math.max(LABEL_COLUMNS, ROW_COLUMNS - stringWidth(rest))) + rest;
}

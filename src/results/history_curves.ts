/** The curves of a history plot, with marks for the best epoch and the stop. Pure. */
import type { LineSeriesOption } from "echarts";
import { CHARTED } from "../dashboard/charts/charted.ts";
import type { EpochFigures } from "../events.ts";
import { type CommonFigureName, type MetricName, validationFigure } from "../metrics.ts";
import { majorityLine } from "../dashboard/run_text/class_text.ts";
import { type Best, bestAmong, largestOf, type PlottedRun } from "./plotted_run.ts";
import { LABEL, LINES, type RunStyle, STAR } from "./plot_style.ts";

export interface Panel {
  readonly index: number;
  readonly name: MetricName;
  /** Training, then validation. */
  readonly keys: readonly [CommonFigureName, CommonFigureName];
  /** The bounds of the axis, if the metric has bounds. */
  readonly limits: { readonly min?: number; readonly max?: number };
}

/** One panel per metric. */
export const PANELS: readonly Panel[] = CHARTED.map(({ name, limits }, index) => ({
  index,
  name,
  keys: [name, validationFigure(name)],
  limits,
}));

/** The approximate number of markers on a curve: enough to follow it without hiding it. */
const MARKERS = 7;

/** The place of a run among several in one plot. */
export interface Place {
  /** The name of the run's curves in ECharts. */
  readonly name: string;
  readonly index: number;
  readonly count: number;
}

/**
 * Returns the validation and the training curve of a run in a panel. ECharts takes the legend's look from the first of
 * them.
 */
export function curves(run: PlottedRun, panel: Panel, style: RunStyle, place: Place): LineSeriesOption[] {
  const best = bestAmong(run, panel.keys);
  const [training, validation] = panel.keys;
  return ([[validation, "validation"], [training, "training"]] as const).map(([key, kind]): LineSeriesOption => {
    return {
      type: "line",
      name: place.name,
      xAxisIndex: panel.index,
      yAxisIndex: panel.index,
      z: kind === "training" ? 2 : 3,
      data: points(run.epochs, key, style.symbol, place),
      connectNulls: false,
      symbol: style.symbol ?? "none",
      symbolSize: 8,
      showAllSymbol: true,
      lineStyle: { color: style[kind], ...LINES[kind] },
      itemStyle: { color: style[kind] },
      ...(best?.key === key ? bestMark(run, panel, style[kind], best, place.count === 1) : {}),
      ...(kind === "validation" ? stopMark(run, style[kind], place.count === 1) : {}),
    };
  });
}

/**
 * Returns the points of a curve. Values that are not finite leave a gap; a single point between gaps gets a marker to
 * be visible.
 */
function points(
  epochs: readonly EpochFigures[],
  key: CommonFigureName,
  symbol: string | null,
  { index, count }: Place,
) {
  const every = Math.max(1, Math.ceil(epochs.length / MARKERS));
  // Shift the markers of each run, so that they do not cover each other where curves coincide.
  const first = Math.floor((every * index) / count);
  return epochs.map((figures, row) => {
    const alone = figures[key] !== null && (epochs[row - 1]?.[key] ?? null) === null &&
      (epochs[row + 1]?.[key] ?? null) === null;
    const marked = alone || (symbol !== null && row % every === first);
    return { value: [figures.epoch, figures[key] ?? "-"], symbol: marked ? symbol ?? "circle" : "none" };
  });
}

/** Where the star's label is above or below the star, and the baseline's caption above its line: shares of a panel. */
const LABEL_BAND = [0.045, 0.09] as const;
const CAPTION_BAND = [0, 0.06] as const;
/** The baseline's caption is right of this share of the panel. */
const CAPTION_FROM = 0.45;

/** Returns the side of the star's label: the one without the other curve, if neither axis nor caption is there. */
function labelSide(run: PlottedRun, { keys, limits, name }: Panel, { epoch, key, value }: Best): "top" | "bottom" {
  const { epochs, majority } = run;
  const [training, validation] = keys;
  const other = epochs.find((figures) => figures.epoch === epoch)?.[key === training ? validation : training] ?? null;
  const top = limits.max ?? largestOf([run], keys);
  const line = epoch / Math.max(2, epochs.at(-1)?.epoch ?? 0) > CAPTION_FROM ? majorityLine(majority, name) : null;
  const isFree = (side: "top" | "bottom") => {
    const [near, far] = LABEL_BAND.map((band) => value / top + (side === "top" ? band : -band));
    const [low, high] = [Math.min(near ?? 0, far ?? 0), Math.max(near ?? 0, far ?? 0)];
    const covers = line !== null && high > line.y / top + CAPTION_BAND[0] && low < line.y / top + CAPTION_BAND[1];
    return low >= 0 && high <= 1 && !covers;
  };
  const wanted = other !== null && other > value ? ["bottom", "top"] as const : ["top", "bottom"] as const;
  return wanted.find(isFree) ?? wanted[0];
}

function bestMark(
  run: PlottedRun,
  panel: Panel,
  colour: string,
  best: Best,
  labelled: boolean,
): Partial<LineSeriesOption> {
  const { epoch, value } = best;
  const share = epoch / Math.max(2, run.epochs.at(-1)?.epoch ?? 0);
  return {
    markPoint: {
      symbol: STAR,
      symbolSize: 18,
      itemStyle: { color: colour, borderColor: "#FFFFFF", borderWidth: 1.2 },
      label: {
        ...LABEL,
        show: labelled,
        position: labelSide(run, panel, best),
        // It does not extend beyond the panel.
        align: share < 0.1 ? "left" : share > 0.9 ? "right" : "center",
        distance: 8,
        formatter: `epoch ${epoch}`,
      },
      data: [{ name: "best", coord: [epoch, value] }],
    },
  };
}

function stopMark({ stop }: PlottedRun, colour: string, labelled: boolean): Partial<LineSeriesOption> {
  if (stop === null) return {};
  return {
    markLine: {
      symbol: "none",
      lineStyle: { color: colour, ...LINES.stop },
      label: { ...LABEL, show: labelled, position: "end", rotate: 0, formatter: `epoch ${stop.epoch}` },
      data: [{ name: "stop", xAxis: stop.epoch }],
    },
  };
}

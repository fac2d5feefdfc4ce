/** The curves of a history plot, with the best epoch and the stop marked on them. Pure. */
import type { LineSeriesOption } from "echarts";
import { at } from "../at.ts";
import { CHARTED } from "../dashboard/charts/charted.ts";
import type { EpochFigures } from "../events.ts";
import { type CommonFigureName, type MetricName, validationFigure } from "../metrics.ts";
import { majorityLine, type NamedMajority } from "../dashboard/run_text/class_text.ts";
import { type Best, bestAmong, type PlottedRun } from "./plotted_run.ts";
import { INK, LINES, type RunStyle, STAR } from "./plot_style.ts";

export interface Panel {
  readonly index: number;
  readonly name: MetricName;
  /** Training, then validation. */
  readonly keys: readonly [CommonFigureName, CommonFigureName];
  /** The axis' ends where the figure itself has some. */
  readonly limits: { readonly min?: number; readonly max?: number };
}

/** One a metric. */
export const PANELS: readonly Panel[] = CHARTED.map(({ name, limits }, index) => ({
  index,
  name,
  keys: [name, validationFigure(name)],
  limits,
}));

/** About so many markers a curve: enough to follow it, few enough to see it. */
const MARKERS = 7;

/** A run's place among those that are laid over each other. */
export interface Place {
  /** What ECharts knows the run's curves by. */
  readonly name: string;
  readonly index: number;
  readonly count: number;
}

/** Validation and training of one run in one panel. The legend shows a run by the first of them. */
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

/** A figure that is not finite leaves a gap; a lone one between gaps is seen by its marker. */
function points(
  epochs: readonly EpochFigures[],
  key: CommonFigureName,
  symbol: string | null,
  { index, count }: Place,
) {
  const every = Math.max(1, Math.ceil(epochs.length / MARKERS));
  // Where curves run together, each run's markers stand beside the others', not on them.
  const first = Math.floor((every * index) / count);
  return epochs.map((figures, row) => {
    const alone = figures[key] !== null && (epochs[row - 1]?.[key] ?? null) === null &&
      (epochs[row + 1]?.[key] ?? null) === null;
    const marked = alone || (symbol !== null && row % every === first);
    return { value: [figures.epoch, figures[key] ?? "-"], symbol: marked ? symbol ?? "circle" : "none" };
  });
}

/** White around letters keeps them readable where a curve runs behind. */
const LABEL = { color: INK, fontSize: 12, textBorderColor: "#FFFFFF", textBorderWidth: 3 };

function bestMark(
  { epochs }: PlottedRun,
  { keys: [training, validation] }: Panel,
  colour: string,
  { epoch, key, value }: Best,
  labelled: boolean,
): Partial<LineSeriesOption> {
  const other = epochs.find((figures) => figures.epoch === epoch)?.[key === training ? validation : training] ?? null;
  const share = epoch / Math.max(2, epochs.at(-1)?.epoch ?? 0);
  return {
    markPoint: {
      symbol: STAR,
      symbolSize: 18,
      itemStyle: { color: colour, borderColor: "#FFFFFF", borderWidth: 1.2 },
      label: {
        ...LABEL,
        show: labelled,
        // On the side where the other curve is not, and inwards from the panel's edges.
        position: other !== null && other > value ? "bottom" : "top",
        align: share < 0.1 ? "left" : share > 0.9 ? "right" : "center",
        distance: 8,
        formatter: `epoch ${epoch}`,
      },
      data: [{ name: "best", coord: [epoch, value] }],
    },
  };
}

/** Lines at the majority baselines, in the panel that has them: a series without points. */
export function majorityLines(majorities: readonly NamedMajority[], { index, name }: Panel): LineSeriesOption[] {
  const lines = majorities.map((majority) => majorityLine(majority, name)).filter((line) => line !== null);
  if (lines.length === 0) return [];
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
      data: lines.map(({ y, captions }) => ({
        yAxis: y,
        // At the end of the line: curves are steepest, and cross it, at its beginning.
        label: { ...LABEL, position: "insideEndTop", formatter: at(captions, 0) },
      })),
    },
  }];
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

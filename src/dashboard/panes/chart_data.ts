/** Prepares the data of the charts from the state. */
import { at } from "../../at.ts";
import { type CommonFigureName, isFigureName, type Metric, metricOf, validationFigure } from "../../metrics.ts";
import { bestEpochOf, type Epoch, epochAt, type RunState } from "../../run_state/run_state.ts";
import type { Sequence } from "../../sequence.ts";
import { epochExtent } from "../charts/epoch_axis.ts";
import { type Point, pointAt, type Points, pointsOf } from "../charts/points.ts";
import type { Reference, Series, Tag } from "../charts/series.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { majorityLine, majorityOf } from "../run_text/class_text.ts";
import { figure } from "../text/formats.ts";
import { stringWidth } from "../text/width.ts";
import { type ChartView, type Smoothing, visibleEpochs } from "../view/chart_view.ts";
import type { ViewState } from "../view/view_state.ts";
import { curveOf, smoothedCurve } from "./figure_curves.ts";

export interface ChartData {
  readonly title: string;
  /** A title for narrow panes, without the weight of the smoothing. */
  readonly shortTitle: string;
  /** Titles with fewer settings, the last one without any. The axes show all settings except the smoothing. */
  readonly bareTitles?: readonly string[];
  readonly series: readonly Series[];
  readonly from: number;
  readonly to: number;
  readonly limits?: { readonly min?: number; readonly max?: number };
  readonly origin?: number;
  readonly mark: Point | null;
  /** The positions of vertical lines: the cursor. */
  readonly stops?: readonly number[];
  /** If two runs are shown: letters at the ends of their curves, and the other run's validation figure. */
  readonly tags?: readonly Tag[];
  readonly beside?: BesideFigure | null;
  /** The values of horizontal lines: what an epoch has to beat to count as an improvement. */
  readonly levels?: readonly number[];
  readonly levelCaptions?: readonly Reference[];
  /** Horizontal lines for comparison: the majority baseline. */
  readonly references?: readonly Reference[];
  readonly log?: boolean;
  /** The figures in the legend, which are never smoothed. A series without a figure has no entry. */
  readonly figures: Partial<Readonly<Record<Series["name"], number | null>>>;
  /** The epoch of the figures, or null for the newest. */
  readonly at: number | null;
  /** Whether the curves are smoothed. The legend then says that its figures are not. */
  readonly smoothed?: boolean;
  /** The text that is shown until there is a curve. */
  readonly waiting: string;
  /** The names of the series in the legend. */
  readonly labels: Readonly<Record<Series["name"], string>>;
  /** The number of decimals in the legend. */
  readonly digits: number;
}

/** The other run's figure at the shown epoch, or at its last epoch if that is earlier. */
interface BesideFigure {
  readonly value: number | null;
  /** If the figure is of an earlier epoch: that epoch, and whether the run ended there. */
  readonly before: { readonly epoch: number; readonly ended: boolean } | null;
}

/** The parts of the state that the curves depend on. */
export interface CurvesState {
  readonly run: Pick<RunState, "epochs" | "facts" | "classes" | "end" | "earlyStopping">;
  readonly view: Pick<ViewState, "charts" | "beside">;
}

/**
 * Returns the chart of a metric over all epochs, or the newest ones. The best epoch is marked on the validation curve.
 */
export function curves({ run, view }: CurvesState, metric: Metric): ChartData {
  const { epochs, facts, end } = run;
  const { charts, beside } = view;
  const validation = validationFigure(metric.name);
  const bestEpoch = bestEpochOf(run);
  const best = epochAt(epochs, bestEpoch);
  const shown = epochAt(epochs, charts.cursor) ?? epochs.at(-1);
  const longest = Math.max(epochs.length, beside?.run.epochs.length ?? 0);
  const other = besideCurves(beside, metric, charts.cursor ?? longest);
  const log = isLogarithmic(metric, charts);
  const levels = levelsOf(run, metric);
  const { from, to } = visibleEpochs(charts, epochs.length);
  const whole = end ? Math.max(end.epochs, longest) : epochExtent(longest, Math.max(longest, facts?.epochs ?? 0));
  return {
    title: titleOf(metric.title, charts, log),
    shortTitle: titleOf(metric.title, charts, log, false),
    bareTitles: [...(charts.smoothing > 0 ? [`${metric.title}, smoothed`] : []), metric.title],
    smoothed: charts.smoothing > 0,
    series: smoothed([
      ...other.series,
      { name: "training", points: curveOf(epochs, metric.name) },
      { name: "validation", points: curveOf(epochs, validation) },
    ], charts.smoothing),
    from,
    to: Math.max(from + 1, charts.recent ? to : whole),
    limits: metric.limits,
    mark: best ? { x: best.epoch, y: best[validation] } : null,
    ...(beside
      ? { tags: [...other.tags, ...lastTag("A", curveOf(epochs, validation), undefined)], beside: other.figure }
      : {}),
    stops: charts.cursor === null ? [] : [charts.cursor],
    levels,
    levelCaptions: levels.map((y) => ({ y, captions: [`to beat: ${figure(y)}`] })),
    references: [majorityLine(majorityOf(run), metric.name)].filter((line) => line !== null),
    log,
    figures: shown ? { training: shown[metric.name], validation: shown[validation] } : {},
    at: charts.cursor === null || !shown ? null : shown.epoch,
    waiting: end ? "no epoch was completed" : "the first epoch is running",
    labels: { training: "train", validation: "val" },
    digits: 4,
  };
}

/** Returns smoothed curves in front of the original ones. */
function smoothed(series: readonly Series[], weight: Smoothing): readonly Series[] {
  if (weight === 0) return series;
  return [
    ...series.map((one) => ({ ...one, faint: true })),
    ...series.map((one) => ({ ...one, points: smoothedCurve(one.points, weight) })),
  ];
}

/**
 * Returns whether the axis is logarithmic. Metrics with an upper limit, such as accuracy, always have a linear axis.
 */
function isLogarithmic({ limits }: Metric, { log }: ChartView): boolean {
  return log && limits.max === undefined;
}

/** Returns the value that an epoch has to beat, if this is the chart of the metric that early stopping monitors. */
function levelsOf({ earlyStopping, end }: CurvesState["run"], metric: Metric): number[] {
  if (!earlyStopping || end || earlyStopping.threshold === null) return [];
  const { monitor, threshold } = earlyStopping;
  return isFigureName(monitor) && metricOf(monitor).name === metric.name ? [threshold] : [];
}

/** Returns the other run's curves, the letter at their end, and its figure for the legend. */
function besideCurves(
  beside: ViewState["beside"],
  { name }: Metric,
  shown: number,
): { series: Series[]; tags: Tag[]; figure: BesideFigure | null } {
  if (!beside) return { series: [], tags: [], figure: null };
  const { epochs, end } = beside.run;
  const points = curveOf(epochs, validationFigure(name));
  return {
    series: [{ name: "training", points: curveOf(epochs, name), run: 1 }, { name: "validation", points, run: 1 }],
    tags: lastTag("B", points, 1),
    figure: besideFigure(epochs, validationFigure(name), shown, end !== null),
  };
}

function besideFigure(
  epochs: Sequence<Epoch>,
  name: CommonFigureName,
  shown: number,
  ended: boolean,
): BesideFigure | null {
  const last = epochs.at(-1);
  if (!last) return null;
  if (shown > last.epoch) return { value: last[name], before: { epoch: last.epoch, ended } };
  return { value: epochAt(epochs, shown)?.[name] ?? null, before: null };
}

/** Returns a letter at the end of a curve, so that two runs can be told apart without colour. */
function lastTag(text: string, points: Points, run: number | undefined): Tag[] {
  const last = pointAt(points, -1);
  return last && last.y !== null ? [{ x: last.x, y: last.y, text, run }] : [];
}

/** Returns a title with the settings that differ from the defaults: `Loss, log, smoothed 0.6, newest`. */
function titleOf(name: string, { smoothing, recent }: ChartView, log: boolean, weighted = true): string {
  const how = [
    ...(log ? ["log"] : []),
    ...(smoothing > 0 ? [weighted ? `smoothed ${smoothing}` : "smoothed"] : []),
    ...(recent ? ["newest"] : []),
  ];
  return [name, ...how].join(", ");
}

/** The chart of the rates begins at a multiple of this many seconds. */
const RATES_FROM = 5;

/** Returns the chart of images per second over the seconds of the extraction. */
export function rateCurve({ rates }: Pick<RunState, "rates">): ChartData {
  const newest = rates.at(-1);
  // The base takes a while to load, which would leave the beginning of the axis empty.
  const from = Math.floor((rates[0]?.seconds ?? 0) / RATES_FROM) * RATES_FROM;
  return {
    title: "Images per second (time in seconds)",
    shortTitle: "Images per second",
    series: [{ name: "validation", points: pointsOf(rates.map(({ seconds: x, perSecond: y }) => ({ x, y }))) }],
    from,
    to: from + epochExtent(Math.max(10, (newest?.seconds ?? 0) - from), Infinity),
    origin: 0,
    mark: null,
    figures: newest ? { validation: newest.perSecond } : {},
    at: null,
    waiting: "the base is computing the features of the first images",
    labels: { training: "", validation: "latest" },
    digits: 0,
  };
}

export interface LegendEntry {
  /** Decides the colour; null for an entry that belongs to no series. */
  readonly name: Series["name"] | "beside" | null;
  readonly text: string;
}

/** The note that the figures in the legend are not smoothed, unlike the curves. */
const RAW = "raw";
/** The minimum columns of title and legend for long wordings. Below, all charts of a screen have the short ones. */
const LONG_FROM = 64;

/**
 * Returns what the legend says about all its figures: their epoch if it is not the newest, and that they are raw if the
 * curves are smoothed. Null if neither is so.
 */
function contextOf({ at: epoch, smoothed = false }: ChartData, long: boolean): string | null {
  if (epoch === null) return smoothed ? RAW : null;
  const place = long ? `epoch ${epoch}` : `at ${epoch}`;
  return smoothed ? `${RAW}${long ? "," : ""} ${place}` : place;
}

/**
 * Returns the title and the legend beside it. Uses a shorter title if the figures, their epoch, or that they are raw,
 * do not fit otherwise. At the cursor no setting in the title costs a figure: the axes and the word raw show it too.
 *
 * @param room returns the columns beside a title
 */
export function titleAndLegend(
  data: ChartData,
  glyphs: Glyphs,
  room: (title: string) => number,
): { readonly title: string; readonly entries: readonly LegendEntry[] } {
  const long = room("") >= LONG_FROM;
  const context = contextOf(data, long);
  const variants = [data.title, data.shortTitle, ...(data.bareTitles ?? [])].map((
    title,
  ) => ({ title, entries: legend(data, glyphs, room(title), long) }));
  const having = (...isKept: ((entries: readonly LegendEntry[]) => boolean)[]) =>
    isKept.map((kept) => variants.find(({ entries }) => kept(entries))).find((variant) => variant !== undefined) ??
      at(variants, 0);
  const figured = (entries: readonly LegendEntry[]) => entries.length > 0;
  if (context === null) return variants.slice(0, 2).find(({ entries }) => figured(entries)) ?? at(variants, 0);
  const complete = (entries: readonly LegendEntry[]) => entries.some(({ text }) => text === context);
  if (data.at === null) return having(complete, figured);
  const most = allEntries(data, glyphs, 0, false, long).length;
  return having((entries) => entries.length === most, complete, figured);
}

/**
 * Returns the figure of each series, and the epoch if it is not the newest. If `width` is too small, shortens the
 * figures first, then omits the names, then whole entries.
 *
 * @param long whether the long wordings may be used
 */
export function legend(data: ChartData, glyphs: Glyphs, width: number, long = true): LegendEntry[] {
  const { digits } = data;
  const entries = (places: number, words: boolean) => allEntries(data, glyphs, places, words, long);
  const variants = [
    entries(digits, true),
    entries(Math.min(digits, 3), true),
    ...dropped(entries(Math.min(digits, 3), false), data.smoothed ?? false),
  ];
  return variants.find((variant) => legendWidth(variant) <= width) ?? [];
}

/** Returns all entries of the legend, with figures of `places` decimals. */
function allEntries(data: ChartData, glyphs: Glyphs, places: number, words: boolean, long: boolean): LegendEntry[] {
  const { series, figures, labels, beside } = data;
  const context = contextOf(data, long);
  return [
    ...(context === null ? [] : [{ name: null, text: context }]),
    ...series.filter(({ run, faint }) => run === undefined && !faint).flatMap(({ name }): LegendEntry[] => {
      const value = figures[name];
      if (value === undefined) return [];
      const parts = [glyphs[name], ...(words && labels[name] ? [labels[name]] : []), figure(value, places)];
      return [{ name, text: parts.join(" ") }];
    }),
    ...(beside === undefined ? [] : [{ name: "beside" as const, text: besideEntry(beside, places, words && long) }]),
  ];
}

/** Returns the other run's entry: `B 0.6123`, or after its last epoch `B ended at 12: 0.6123`. */
function besideEntry(beside: BesideFigure | null, places: number, words: boolean): string {
  const { value, before } = beside ?? { value: null, before: null };
  const at = before === null ? "" : `${before.ended && words ? "ended " : ""}at ${before.epoch}: `;
  return `B ${at}${figure(value, places)}`;
}

/**
 * Returns ever fewer entries. The validation figure is kept longest, the epoch second longest. A raw figure is never
 * without the word.
 */
function dropped(entries: readonly LegendEntry[], smoothed: boolean): LegendEntry[][] {
  const without = (...names: LegendEntry["name"][]) => entries.filter(({ name }) => !names.includes(name));
  const least = smoothed
    ? without("training", "beside").map((entry) => (entry.name === null ? { ...entry, text: RAW } : entry))
    : without("training", "beside", null);
  return [[...entries], without("training"), without("beside"), without("training", "beside"), least];
}

/** Returns the width of the legend. Each entry is preceded by two spaces. */
function legendWidth(entries: readonly LegendEntry[]): number {
  return entries.reduce((sum, { text }) => sum + stringWidth(text) + 2, 0);
}

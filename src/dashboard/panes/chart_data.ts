/** Prepares the data of the charts from the state. */
import { at } from "../../at.ts";
import { type CommonFigureName, isFigureName, type Metric, metricOf, validationFigure } from "../../metrics.ts";
import { bestEpochOf, type Epoch, type RunState } from "../../run_state/run_state.ts";
import { epochExtent } from "../charts/epoch_axis.ts";
import type { Point, Reference, Series, Tag } from "../charts/series.ts";
import { smooth } from "../charts/smooth.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { majorityLine, majorityOf } from "../run_text/class_text.ts";
import { figure } from "../text/formats.ts";
import { stringWidth } from "../text/width.ts";
import { type ChartView, visibleEpochs } from "../view/chart_view.ts";
import type { ViewState } from "../view/view_state.ts";

export interface ChartData {
  readonly title: string;
  /** A title for narrow panes, without the weight of the smoothing. */
  readonly shortTitle: string;
  /** The title without any settings. */
  readonly bareTitle?: string;
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
  const best = epochs.findIndex(({ epoch }) => epoch === bestEpoch);
  const shown = epochs.find(({ epoch }) => epoch === charts.cursor) ?? epochs.at(-1);
  const pointsOf = (of: readonly Epoch[], name: CommonFigureName) =>
    of.map((epoch) => ({ x: epoch.epoch, y: epoch[name] }));
  const validationPoints = pointsOf(epochs, validation);
  const longest = Math.max(epochs.length, beside?.run.epochs.length ?? 0);
  const other = besideCurves(beside, pointsOf, metric, charts.cursor ?? longest);
  const log = isLogarithmic(metric, charts);
  const levels = levelsOf(run, metric);
  const { from, to } = visibleEpochs(charts, epochs.length);
  const whole = end ? Math.max(end.epochs, longest) : epochExtent(longest, Math.max(longest, facts?.epochs ?? 0));
  return {
    title: titleOf(metric.title, charts, log),
    shortTitle: titleOf(metric.title, charts, log, false),
    bareTitle: metric.title,
    smoothed: charts.smoothing > 0,
    series: smoothed([
      ...other.series,
      { name: "training", points: pointsOf(epochs, metric.name) },
      { name: "validation", points: validationPoints },
    ], charts.smoothing),
    from,
    to: Math.max(from + 1, charts.recent ? to : whole),
    limits: metric.limits,
    mark: best < 0 ? null : at(validationPoints, best),
    ...(beside ? { tags: [...other.tags, ...lastTag("A", validationPoints, undefined)], beside: other.figure } : {}),
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
function smoothed(series: readonly Series[], weight: number): readonly Series[] {
  if (weight === 0) return series;
  return [
    ...series.map((one) => ({ ...one, faint: true })),
    ...series.map((one) => ({ ...one, points: smooth(one.points, weight) })),
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
  pointsOf: (of: readonly Epoch[], name: CommonFigureName) => readonly Point[],
  { name }: Metric,
  shown: number,
): { series: Series[]; tags: Tag[]; figure: BesideFigure | null } {
  if (!beside) return { series: [], tags: [], figure: null };
  const { epochs, end } = beside.run;
  const points = pointsOf(epochs, validationFigure(name));
  return {
    series: [{ name: "training", points: pointsOf(epochs, name), run: 1 }, { name: "validation", points, run: 1 }],
    tags: lastTag("B", points, 1),
    figure: besideFigure(epochs, validationFigure(name), shown, end !== null),
  };
}

function besideFigure(
  epochs: readonly Epoch[],
  name: CommonFigureName,
  shown: number,
  ended: boolean,
): BesideFigure | null {
  const last = epochs.at(-1);
  if (!last) return null;
  if (shown > last.epoch) return { value: last[name], before: { epoch: last.epoch, ended } };
  return { value: epochs.find(({ epoch }) => epoch === shown)?.[name] ?? null, before: null };
}

/** Returns a letter at the end of a curve, so that two runs can be told apart without colour. */
function lastTag(text: string, points: readonly Point[], run: number | undefined): Tag[] {
  const last = points.at(-1);
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

/** Returns the chart of images per second over the seconds of the extraction. */
export function rateCurve({ rates }: Pick<RunState, "rates">): ChartData {
  const newest = rates.at(-1);
  return {
    title: "Images per second (time in seconds)",
    shortTitle: "Images per second",
    series: [{ name: "validation", points: rates.map(({ seconds: x, perSecond: y }) => ({ x, y })) }],
    from: 0,
    to: epochExtent(Math.max(10, newest?.seconds ?? 0), Infinity),
    origin: 0,
    mark: null,
    figures: newest ? { validation: newest.perSecond } : {},
    at: null,
    waiting: "the base is computing the features of the first images",
    labels: { training: "", validation: "now" },
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

/**
 * Returns what the legend says about all its figures, the longest wording first: their epoch if it is not the newest,
 * and that they are raw if the curves are smoothed. Empty if neither is so.
 */
function contexts({ at: epoch, smoothed = false }: ChartData): string[] {
  if (epoch === null) return smoothed ? [RAW] : [];
  return smoothed ? [`${RAW}, epoch ${epoch}`, `${RAW} at ${epoch}`, RAW] : [`epoch ${epoch}`, `at ${epoch}`];
}

/**
 * Returns the title and the legend beside it. Uses a shorter title if the figures, their epoch, or that they are raw,
 * do not fit otherwise.
 *
 * @param room returns the columns beside a title
 */
export function titleAndLegend(
  data: ChartData,
  glyphs: Glyphs,
  room: (title: string) => number,
): { readonly title: string; readonly entries: readonly LegendEntry[] } {
  const [context] = contexts(data);
  const variants = [data.title, data.shortTitle, ...(data.bareTitle === undefined ? [] : [data.bareTitle])].map((
    title,
  ) => ({ title, entries: legend(data, glyphs, room(title)) }));
  const figured = ({ entries }: { entries: readonly LegendEntry[] }) => entries.length > 0;
  if (context === undefined) return variants.slice(0, 2).find(figured) ?? at(variants, 0);
  const complete = ({ entries }: { entries: readonly LegendEntry[] }) =>
    entries.some(({ name, text }) => name === null && (data.at === null || text !== RAW));
  return variants.find(complete) ?? variants.find(figured) ?? at(variants, 0);
}

/**
 * Returns the figure of each series, and the epoch if it is not the newest. If `width` is too small, shortens the
 * figures first, then omits the names, then whole entries.
 */
export function legend(data: ChartData, glyphs: Glyphs, width: number): LegendEntry[] {
  const { series, figures, labels, digits } = data;
  const wordings = contexts(data);
  const entries = (places: number, words: boolean): LegendEntry[] => [
    ...wordings.slice(0, 1).map((text) => ({ name: null, text })),
    ...series.filter(({ run, faint }) => run === undefined && !faint).flatMap(({ name }): LegendEntry[] => {
      const value = figures[name];
      if (value === undefined) return [];
      const parts = [glyphs[name], ...(words && labels[name] ? [labels[name]] : []), figure(value, places)];
      return [{ name, text: parts.join(" ") }];
    }),
    ...(data.beside === undefined ? [] : [{ name: "beside" as const, text: besideEntry(data.beside, places, words) }]),
  ];
  const short = entries(Math.min(digits, 3), false);
  const variants = [
    entries(digits, true),
    entries(Math.min(digits, 3), true),
    ...dropped(short, wordings, data.smoothed ?? false),
  ];
  return variants.find((variant) => legendWidth(variant) <= width) ?? [];
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
function dropped(entries: readonly LegendEntry[], wordings: readonly string[], smoothed: boolean): LegendEntry[][] {
  const without = (...names: LegendEntry["name"][]) => entries.filter(({ name }) => !names.includes(name));
  const said = (some: LegendEntry[], text: string) =>
    some.map((entry) => (entry.name === null ? { ...entry, text } : entry));
  const kept = [[...entries], without("training"), without("training", "beside")];
  if (wordings.length === 0) return kept;
  const full = smoothed ? wordings.filter((text) => wordings.length === 1 || text !== RAW) : wordings;
  const least = smoothed ? said(without("training", "beside"), RAW) : without("training", "beside", null);
  return [...kept.flatMap((some) => full.map((text) => said(some, text))), least];
}

/** Returns the width of the legend. Each entry is preceded by two spaces. */
function legendWidth(entries: readonly LegendEntry[]): number {
  return entries.reduce((sum, { text }) => sum + stringWidth(text) + 2, 0);
}

/**
 * The training history in a terminal, drawn with the dashboard's charts. Several runs are drawn over each other. Pure.
 */
import { drawChart } from "../dashboard/charts/draw_chart.ts";
import { pointsBetween, pointsOf } from "../dashboard/charts/points.ts";
import type { ChartRun, Reference, Series, Tag } from "../dashboard/charts/series.ts";
import { at } from "../at.ts";
import type { CommonFigureName } from "../metrics.ts";
import { majorityLine, type NamedMajority } from "../dashboard/run_text/class_text.ts";
import { figure } from "../dashboard/text/formats.ts";
import { ASCII, type Glyphs, toAscii, UNICODE } from "../dashboard/drawing/glyphs.ts";
import { cut, fit, stringWidth, wrapWords } from "../dashboard/text/width.ts";
import { type Panel, PANELS } from "./history_curves.ts";
import { bestAmong, bestWords, majoritiesOf, type PlottedRun, stopWords } from "./plotted_run.ts";

const CHART_ROWS = 12;
/** The maximum width of two charts side by side. Wider ones would only make the curves flatter. */
const MOST_COLUMNS = 160;
/** The width from which two charts with their legends fit side by side. Several runs need more. */
const SIDE_BY_SIDE = { one: 76, several: 120 };
const GAP = 2;
/** Without X, which marks the best epoch if there is no Unicode. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWYZ";
/** How often a run's letter is drawn on each of its curves. */
const LETTERS_A_CURVE = 4;

export interface TerminalPlotOptions {
  readonly columns: number;
  readonly ascii: boolean;
  /** Colours a piece of a line. Returns its text unchanged if there are no colours. */
  readonly paint: (piece: ChartRun) => string;
}

/** Returns the letter on the curves of a run, by its place among several. */
export function letter(place: number): string {
  return LETTERS.charAt(place % LETTERS.length);
}

interface Look extends TerminalPlotOptions {
  readonly glyphs: Glyphs;
  /** The letter of each run; empty for a single run. */
  readonly letters: readonly string[];
}

/** Returns the lines of the plot, none wider than `columns`. */
export function terminalPlot(runs: readonly PlottedRun[], options: TerminalPlotOptions): string[] {
  const glyphs = options.ascii ? ASCII : UNICODE;
  const columns = Math.min(options.columns, MOST_COLUMNS);
  const letters = runs.length === 1 ? [] : runs.map((_, place) => letter(place));
  const look: Look = { ...options, columns, glyphs, letters };
  const sideBySide = columns >= (runs.length === 1 ? SIDE_BY_SIDE.one : SIDE_BY_SIDE.several);
  const width = sideBySide ? Math.floor((columns - GAP * (PANELS.length - 1)) / PANELS.length) : columns;
  const panels = PANELS.map((panel) => panelLines(panel, runs, width, look));
  const charts = sideBySide
    ? at(panels, 0).map((_, row) => panels.map((lines) => at(lines, row)).join(" ".repeat(GAP)))
    : panels.flat();
  return [...charts.map((line) => line.trimEnd()), ...runs.flatMap((run, place) => runLines(run, place, look))];
}

/** Returns a title that explains the lines, the chart, and the label of its horizontal axis. */
function panelLines(panel: Panel, runs: readonly PlottedRun[], width: number, look: Look): string[] {
  const { glyphs, letters, paint } = look;
  const series = runs.map((run, place) => curves(run, panel, letters.length === 0 ? undefined : place));
  const pieces = drawChart({
    width,
    height: CHART_ROWS,
    // The training curves come first, so that none covers another run's validation curve.
    series: [...series.map(({ training }) => training), ...series.map(({ validation }) => validation)],
    from: 1,
    to: Math.max(2, ...runs.map(({ epochs, stop }) => stop?.epoch ?? epochs.at(-1)?.epoch ?? 0)),
    limits: panel.limits,
    origin: 0,
    tags: [
      ...series.flatMap(({ training, validation }) =>
        [training, validation].flatMap((one) => letterTags(one, letters))
      ),
      ...runs.flatMap((run, place) => bestTag(run, panel, glyphs, letters.length === 0 ? undefined : place)),
    ],
    references: majoritiesOf(runs).flatMap((majority) => referenceLines(majority, panel, glyphs)),
    stops: runs.flatMap(({ stop }) => (stop ? [stop.epoch] : [])),
    drawing: glyphs.ascii ? "ascii" : "braille",
  });
  return [
    fit([panel.name, ...legend(panel, runs, glyphs)].join("  "), width, glyphs.ellipsis),
    ...pieces.map((line) => line.map(paint).join("")),
    fit(`${" ".repeat(Math.floor(width / 2))}epoch`, width, glyphs.ellipsis),
  ];
}

function referenceLines(majority: NamedMajority, { name }: Panel, glyphs: Glyphs): Reference[] {
  const line = majorityLine(majority, name);
  return line === null ? [] : [{ ...line, captions: line.captions.map((text) => glyphs.ascii ? toAscii(text) : text) }];
}

function curves({ epochs }: PlottedRun, { keys: [training, validation] }: Panel, run: number | undefined) {
  const points = (key: CommonFigureName) => pointsOf(epochs.map((figures) => ({ x: figures.epoch, y: figures[key] })));
  return {
    training: { name: "training", points: points(training), run },
    validation: { name: "validation", points: points(validation), run },
  } as const;
}

/** Returns the meaning of the lines, and for a single run also the latest figures. */
function legend({ keys: [training, validation] }: Panel, runs: readonly PlottedRun[], glyphs: Glyphs): string[] {
  const [run] = runs;
  const newest = (
    key: CommonFigureName,
  ) => (runs.length === 1 ? ` ${figure(run?.epochs.at(-1)?.[key] ?? null, 3)}` : "");
  return [`${glyphs.training} train${newest(training)}`, `${glyphs.validation} val${newest(validation)}`];
}

/** Returns a run's letters at regular distances on its curve. The letters of different runs are at different epochs. */
function letterTags({ points, run = 0 }: Series, letters: readonly string[]): Tag[] {
  const every = Math.max(1, Math.ceil(points.xs.length / LETTERS_A_CURVE));
  const first = Math.floor((every * run) / Math.max(1, letters.length));
  return pointsBetween(points, 0, points.xs.length).flatMap(({ x, y }, index): Tag[] => {
    const text = letters[run];
    return y === null || text === undefined || index % every !== first ? [] : [{ x, y, text, run }];
  });
}

function bestTag(plotted: PlottedRun, { keys }: Panel, glyphs: Glyphs, run: number | undefined): Tag[] {
  const best = bestAmong(plotted, keys);
  return best ? [{ x: best.epoch, y: best.value, text: glyphs.best, run }] : [];
}

/**
 * Returns the run's label, its best epoch and its stop. The last two follow the symbols that mark them in the charts.
 */
function runLines(run: PlottedRun, place: number, { columns, glyphs, letters, paint }: Look): string[] {
  const best = bestAmong(run);
  const facts = [
    ...(best ? [`${glyphs.best} ${bestWords(run, best)}`] : []),
    ...(run.stop ? [`${glyphs.stop} ${stopWords(run.stop)}`] : []),
  ];
  const letter = letters[place];
  const margin = letter === undefined ? "" : "  ";
  const label = cut(glyphs.ascii ? toAscii(run.label) : run.label, columns - margin.length, glyphs.ellipsis);
  const head = letter === undefined ? "" : `${paint({ text: letter, kind: "mark", run: place })} `;
  const room = columns - margin.length;
  const together = facts.join("   ");
  const lines = stringWidth(together) <= room ? [together] : facts.flatMap((fact) => wrapWords(fact, room));
  return [head + label, ...lines.map((line) => margin + line)];
}

/** The training history in a terminal: the dashboard's own charts, one run under the other. */
import { type ChartData, curves, legend } from "../dashboard/chart_data.ts";
import { drawChart, type RunKind } from "../dashboard/charts.ts";
import { ASCII, type Glyphs, UNICODE } from "../dashboard/glyphs.ts";
import { initialState, reduce } from "../dashboard/state.ts";
import { cut, fit } from "../dashboard/width.ts";
import type { RunEvent } from "../events.ts";
import type { PlottedRun } from "./plotted_run.ts";

const CHART_ROWS = 12;
/** Two charts side by side are as wide as this at most: wider, the curves only grow flat. */
const MOST_COLUMNS = 160;

export interface TerminalPlotOptions {
  readonly columns: number;
  readonly ascii: boolean;
  /** Colours a piece of a line; gives it back as it is where there are no colours. */
  readonly paint: (text: string, kind: RunKind) => string;
}

/** The lines of a run's plot, none wider than `columns`. */
export function terminalPlot(
  run: PlottedRun,
  events: readonly RunEvent[],
  { columns, ascii, paint }: TerminalPlotOptions,
): string[] {
  const glyphs: Glyphs = ascii ? ASCII : UNICODE;
  const state = events.reduce(reduce, initialState({ role: "watch", now: 0 }));
  const width = Math.min(columns, MOST_COLUMNS);
  const one = Math.floor((width - 2) / 2);
  const [accuracy = [], loss = []] = (["accuracy", "loss"] as const).map((kind) =>
    chart(kind, curves(state, kind), one, glyphs, paint)
  );
  const dot = ascii ? " - " : " · ";
  const best = run.bestEpoch === null ? [] : [`best epoch ${run.bestEpoch}`];
  const stop = run.stop === null ? [] : [`${run.stop.why} after epoch ${run.stop.epoch}`];
  return [
    cut([run.id, ...best, ...stop].join(dot), width, glyphs.ellipsis),
    ...accuracy.map((line, row) => `${line}  ${loss[row] ?? ""}`.trimEnd()),
  ];
}

/** A title with the newest figures, and the chart below it; every line `width` columns wide before it is painted. */
function chart(
  name: string,
  data: ChartData,
  width: number,
  glyphs: Glyphs,
  paint: TerminalPlotOptions["paint"],
): string[] {
  const entries = legend(data, glyphs, width - name.length - 2).map(({ text }) => text).join("  ");
  const lines = drawChart({ ...data, width, height: CHART_ROWS, ascii: glyphs.ascii });
  return [
    fit(`${name}  ${entries}`, width, glyphs.ellipsis),
    ...lines.map((pieces) => pieces.map(({ text, kind }) => paint(text, kind)).join("")),
  ];
}

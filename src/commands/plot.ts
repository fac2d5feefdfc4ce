/** `plot`: the training history of one run, or of several over each other. */
import process from "node:process";
import { join } from "node:path";
import type { RunKind } from "../dashboard/charts.ts";
import { isUtf8Locale } from "../dashboard/glyphs.ts";
import { COLOURS } from "../dashboard/palette.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { plotFormat, writePlot } from "../results/draw_plot.ts";
import { historyPlot, historyPlotSize } from "../results/history_plot.ts";
import { plottedRun } from "../results/plotted_run.ts";
import { terminalPlot } from "../results/terminal_plot.ts";
import { readEvents } from "../run/event_log.ts";
import { runOrLatest } from "./find.ts";

export interface PlotFlags {
  readonly runs: string;
  readonly out?: string;
  readonly term: boolean;
}

/** Draws into a file and prints its path, or into the terminal. @throws HeadlightError (2): nothing to plot. */
export async function plot(
  wanted: readonly string[],
  { runs, out, term }: PlotFlags,
  output: (line: string) => void,
): Promise<number> {
  if (term && out !== undefined) throw new HeadlightError("--term and --out exclude each other: give one of them");
  if (out !== undefined) plotFormat(out);
  const found = (wanted.length === 0 ? [undefined] : wanted).map((name) => runOrLatest(name, runs));
  const plotted = found.map((run) => {
    const events = readEvents(run.events);
    return { run: plottedRun(run.id, events), directory: run.path, events };
  });
  const empty = plotted.find(({ run }) => run.epochs.length === 0);
  if (empty) throw new HeadlightError(`run ${empty.run.id} has no finished epoch: there is nothing to plot`);
  if (term) {
    const options = {
      columns: process.stdout.columns || 80,
      ascii: !isUtf8Locale((name) => Deno.env.get(name)),
      paint: painter(),
    };
    for (const { run, events } of plotted) for (const line of terminalPlot(run, events, options)) output(line);
    return 0;
  }
  const path = out === undefined ? join(plotted[0]?.directory ?? "", "history.png") : fromCaller(out);
  await writePlot(historyPlot(plotted.map(({ run }) => run)), historyPlotSize(plotted.length), path);
  output(path);
  return 0;
}

/** Colours where a person looks: on a terminal that has them, and has not been told to do without. */
function painter(): (text: string, kind: RunKind) => string {
  const colours = process.stdout.isTTY && Deno.env.get("TERM") !== "dumb" && !Deno.env.get("NO_COLOR");
  if (!colours) return (text) => text;
  return (text, kind) => {
    if (kind !== "training" && kind !== "validation") return text;
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(COLOURS[kind].slice(at, at + 2), 16));
    return `\x1b[38;2;${r};${g};${b}m${text}\x1b[39m`;
  };
}

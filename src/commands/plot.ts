/** `plot`: plots the training history of one run or several. */
import { join } from "node:path";
import { at } from "../at.ts";
import { HeadlightError } from "../errors.ts";
import { fromCaller } from "../paths.ts";
import { checkPlotFile, writePlot } from "../results/draw_plot.ts";
import { historyJson } from "../results/history_json.ts";
import { historyPlot, historyPlotSize } from "../results/history_plot.ts";
import { runStateOf } from "../run_state/run_state.ts";
import { plottedRun } from "../results/plotted_run.ts";
import { painter } from "../results/terminal_paint.ts";
import { terminalPlot } from "../results/terminal_plot.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readHistory } from "../run/log/history_file.ts";
import { readEvents } from "../run/log/event_log.ts";
import { epochsIn } from "../training/history.ts";
import { escapedJson, stripControl } from "../text.ts";
import { distinctRuns, runOrLatest, runOrNewestUsable } from "./find.ts";
import { colourDepth, columns, isAscii } from "./terminal.ts";
import { complain } from "./output.ts";

export interface PlotFlags {
  readonly runs: string;
  readonly out?: string | undefined;
  readonly term: boolean;
  readonly json: boolean;
}

/**
 * Writes the plot to a file and prints its path, draws it in the terminal, or prints its figures as JSON.
 *
 * @throws HeadlightError (2) if there is nothing to plot
 */
export async function plot(
  wanted: readonly string[],
  { runs, out, term, json }: PlotFlags,
  output: (line: string) => void,
): Promise<number> {
  const given = [...(term ? ["--term"] : []), ...(json ? ["--json"] : []), ...(out === undefined ? [] : ["--out"])];
  if (given.length > 1) {
    throw new HeadlightError(`${given.slice(0, 2).join(" and ")} cannot be combined. Remove one of them.`);
  }
  if (out !== undefined) checkPlotFile(out);
  const found = wanted.length === 0
    ? [runOrNewestUsable(undefined, runs, epochLack, complain)]
    : distinctRuns(wanted.map((name) => runOrLatest(name, runs)));
  const states = found.map((run) => ({ id: run.id, state: runStateOf(readEvents(run.events)) }));
  if (json) {
    // A run without epochs has an empty history, which programs can read.
    for (const { id, state } of states) output(escapedJson(historyJson(id, state)));
    return 0;
  }
  const plotted = states.map(({ id, state }) => plottedRun(id, state));
  const empty = plotted.find(({ epochs }) => epochs.length === 0);
  if (empty) {
    throw new HeadlightError(
      `Run ${empty.id} has no finished epoch to plot. Name another run, or wait for its first epoch.`,
    );
  }
  if (term) {
    const ascii = isAscii();
    const options = { columns: columns(), ascii, paint: painter(colourDepth()) };
    for (const line of terminalPlot(plotted, options)) output(line);
    return 0;
  }
  const path = out === undefined ? join(at(found, 0).path, "history.png") : fromCaller(out);
  const lacking = await writePlot(historyPlot(plotted), historyPlotSize(plotted.length), path);
  output(stripControl(path));
  if (lacking !== null) complain(lacking);
  return 0;
}

function epochLack({ history }: RunDirectory): string | null {
  return epochsIn(readHistory(history)) > 0 ? null : "no finished epoch";
}

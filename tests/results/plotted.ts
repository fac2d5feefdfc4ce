/** Runs to plot, and helpers that read values from a drawing of them. */
import type { EpochFigures } from "../../src/events.ts";
import { drawSvg } from "../../src/results/draw_plot.ts";
import { historyPlot, historyPlotSize } from "../../src/results/history_plot.ts";
import { type PlottedRun, plottedRun } from "../../src/results/plotted_run.ts";
import { readEvents } from "../../src/run/log/event_log.ts";
import { runStateOf } from "../../src/run_state/run_state.ts";

/** Returns the events of a recorded run, see fixtures/runs/make.ts. */
export function recorded(name: "lesson" | "nan" | "extracting") {
  return readEvents(new URL(`../fixtures/runs/${name}.jsonl`, import.meta.url).pathname);
}

/** The lesson's own run: 26 epochs, the best one 21, stopped early. */
export const LESSON: PlottedRun = plottedRun("lesson", runStateOf(recorded("lesson")));

/** Returns a run whose four figures are the same number in each epoch. */
export function madeUp(figures: readonly (number | null)[]): PlottedRun {
  const epochs = figures.map((value, index): EpochFigures => ({
    epoch: index + 1,
    accuracy: value,
    val_accuracy: value,
    loss: value,
    val_loss: value,
  }));
  return {
    ...{ id: "made-up", label: "made-up", facts: "", epochs },
    ...{ monitor: "val_accuracy", bestEpoch: null, majority: null, stop: null },
  };
}

export function svgOf(...runs: PlottedRun[]): Promise<string> {
  return drawSvg(historyPlot(runs), historyPlotSize(runs.length));
}

/** Returns the texts in an SVG, with entities as written. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
}

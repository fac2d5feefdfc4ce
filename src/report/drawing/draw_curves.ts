/** Draws the curves of runs, with the plots that `plot` draws. */
import type { EChartsOption } from "echarts";
import { METRICS } from "../../metrics.ts";
import { drawSvg, type PlotSize } from "../../results/draw_plot.ts";
import { type Panel, PANELS } from "../../results/history_curves.ts";
import { PANEL_SIZE, panelPlot, SWATCH_SIZE, type SwatchKind, swatchPlot } from "../../results/panel_plot.ts";
import { bestAmong, bestWords, type PlottedRun, stopWords } from "../../results/plotted_run.ts";
import { type RunStyle, runStyle } from "../../results/plot_style.ts";
import { figure } from "../../dashboard/text/formats.ts";
import { count, counted } from "../../counted.ts";
import { letter } from "../../results/terminal_plot.ts";
import { INK } from "../../results/plot_style.ts";
import type { Curves, Drawing } from "../parts/report.ts";
import { recoloured } from "./dark.ts";
import { thinned } from "./thinned.ts";

/** The intervals of epochs in a plot of one run. Several runs share them, so that a page with many stays small. */
const INTERVALS = 120;
const LEAST_INTERVALS = 8;

/**
 * Draws accuracy and loss, and the entries of the legend. Returns null if no run has a finished epoch.
 * @param runs in the order of their letters
 */
export async function drawCurves(runs: readonly PlottedRun[]): Promise<Curves | null> {
  if (runs.every(({ epochs }) => epochs.length === 0)) return null;
  const intervals = Math.max(LEAST_INTERVALS, Math.floor(INTERVALS / runs.length));
  const small = runs.map((run) => ({ ...run, epochs: thinned(run.epochs, intervals, run.bestEpoch) }));
  const panels = PANELS.map(async (panel) => ({
    title: METRICS.find(({ name }) => name === panel.name)?.title ?? panel.name,
    drawing: await draw(panelPlot(small, panel), PANEL_SIZE),
    alt: altText(runs, panel),
  }));
  return { panels: await Promise.all(panels), legend: await legend(runs) };
}

/** Draws a plot for a light and for a dark page. */
async function draw(plot: EChartsOption, size: PlotSize): Promise<Drawing> {
  return { light: svgUri(await drawSvg(plot, size)), dark: svgUri(await drawSvg(recoloured(plot), size)), ...size };
}

function svgUri(svg: string): string {
  return `data:image/svg+xml;base64,${new TextEncoder().encode(withoutPointer(svg)).toBase64()}`;
}

/** Removes what ECharts writes for the pointer of a person, which takes half of the bytes: a page shows pictures. */
function withoutPointer(svg: string): string {
  return svg.replace(/<style\b[^]*?<\/style>/, "").replaceAll(
    /<[a-z][^>]*>/g,
    (tag) => tag.replaceAll(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, ""),
  );
}

/** Says what a plot shows, for those who cannot see it. */
function altText(runs: readonly PlottedRun[], { keys, name }: Panel): string {
  const [run] = runs;
  if (runs.length !== 1 || !run) {
    return `Curves of ${keys[0]} and ${keys[1]} of ${count(runs.length)} runs over their epochs.`;
  }
  const [first, last] = [run.epochs[0], run.epochs.at(-1)];
  const change = keys.map((key) => `${key} from ${figure(first?.[key] ?? null)} to ${figure(last?.[key] ?? null)}`);
  return `Curves of ${name} over ${counted(run.epochs.length, "epoch", "epochs")}: ${change.join(", ")}.`;
}

async function legend(runs: readonly PlottedRun[]): Promise<Curves["legend"]> {
  const [run] = runs;
  const entry = async (kind: SwatchKind, style: RunStyle, text: string) => ({
    swatch: await draw(swatchPlot(kind, style), SWATCH_SIZE),
    text,
  });
  if (runs.length === 1 && run) {
    const style = runStyle(0, 1);
    const best = bestAmong(run);
    return await Promise.all([
      entry("validation", style, "validation"),
      entry("training", style, "training"),
      ...(best ? [entry("best", style, bestWords(run, best))] : []),
      ...(run.stop ? [entry("stop", style, stopWords(run.stop))] : []),
    ]);
  }
  const ink = { training: INK, validation: INK, symbol: null };
  return await Promise.all([
    entry("validation", ink, "validation"),
    entry("training", ink, "training"),
    entry("best", ink, "best epoch"),
    entry("stop", ink, "stop"),
    ...runs.map((one, place) => entry("run", runStyle(place, runs.length), `${letter(place)}: ${runText(one)}`)),
  ]);
}

function runText(run: PlottedRun): string {
  const best = bestAmong(run);
  return [run.label, ...(best ? [bestWords(run, best)] : []), ...(run.stop ? [stopWords(run.stop)] : [])].join(" · ");
}

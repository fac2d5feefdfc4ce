/** What the charts show, from the state. */
import type { Point, Series } from "./charts.ts";
import { figure } from "./formats.ts";
import type { Glyphs } from "./glyphs.ts";
import { epochExtent } from "./scale.ts";
import type { DashboardState } from "./state.ts";
import { stringWidth } from "./width.ts";

export interface ChartData {
  readonly series: readonly Series[];
  readonly from: number;
  readonly to: number;
  readonly limits?: { readonly min?: number; readonly max?: number };
  readonly origin?: number;
  readonly mark: Point | null;
  /** Said where there is no curve yet. */
  readonly waiting: string;
  /** How a figure is written in the legend, and what the series are called there. */
  readonly labels: Readonly<Record<Series["name"], string>>;
  readonly digits: number;
}

/** Accuracy or loss of every epoch; the best epoch is marked on the validation curve. */
export function curves(state: DashboardState, kind: "accuracy" | "loss"): ChartData {
  const { epochs, run, end, earlyStopping } = state;
  const validation = kind === "accuracy" ? "val_accuracy" : "val_loss";
  const best = epochs.find(({ epoch }) => epoch === (end?.best?.epoch ?? earlyStopping?.best_epoch));
  return {
    series: [
      { name: "training", points: epochs.map((epoch) => ({ x: epoch.epoch, y: epoch[kind] })) },
      { name: "validation", points: epochs.map((epoch) => ({ x: epoch.epoch, y: epoch[validation] })) },
    ],
    from: 1,
    to: Math.max(2, end ? end.epochs : epochExtent(epochs.length, run?.epochs ?? epochs.length)),
    limits: kind === "accuracy" ? { min: 0, max: 1 } : { min: 0 },
    mark: best ? { x: best.epoch, y: best[validation] } : null,
    waiting: end ? "no epoch was finished" : "the first epoch is under way",
    labels: { training: "train", validation: "val" },
    digits: 4,
  };
}

/** Images per second over the seconds of the extraction. */
export function rateCurve({ rates }: DashboardState): ChartData {
  const seconds = rates.at(-1)?.seconds ?? 0;
  return {
    series: [{ name: "validation", points: rates.map(({ seconds: x, perSecond: y }) => ({ x, y })) }],
    from: 0,
    to: epochExtent(Math.max(10, seconds), Infinity),
    origin: 0,
    mark: null,
    waiting: "the first pictures are on their way through the base",
    labels: { training: "", validation: "now" },
    digits: 0,
  };
}

export interface LegendEntry {
  readonly name: Series["name"];
  readonly text: string;
}

/** The newest figure of each series, as long as `width` allows: shorter figures first, then no words. */
export function legend({ series, labels, digits }: ChartData, glyphs: Glyphs, width: number): LegendEntry[] {
  const entries = (places: number, words: boolean) =>
    series.flatMap(({ name, points }): LegendEntry[] => {
      const last = points.at(-1);
      if (!last) return [];
      const parts = [glyphs[name], ...(words && labels[name] ? [labels[name]] : []), figure(last.y, places)];
      return [{ name, text: parts.join(" ") }];
    });
  const variants = [entries(digits, true), entries(Math.min(digits, 3), true), entries(Math.min(digits, 3), false)];
  return variants.find((variant) => legendWidth(variant) <= width) ?? variants.at(-1) ?? [];
}

/** Each piece is set off by two columns. */
function legendWidth(entries: readonly LegendEntry[]): number {
  return entries.reduce((sum, { text }) => sum + stringWidth(text) + 2, 0);
}

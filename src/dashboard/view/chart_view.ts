/** How a person wants the charts drawn: what the keys of the charts change. Pure. */
import type { Drawing } from "../charts/series.ts";

const DRAWINGS: readonly Drawing[] = ["braille", "block", "ascii"];
/** Weights of what came before, as in TensorBoard. */
const SMOOTHINGS = [0, 0.6, 0.9] as const;
/** A window of the newest epochs has a quarter of all, but never fewer than these. */
const RECENT_AT_LEAST = 10;

export interface ChartView {
  readonly drawing: Drawing;
  /** Whether the axis of the loss is logarithmic. */
  readonly log: boolean;
  readonly smoothing: number;
  /** Whether only the newest epochs are shown. */
  readonly recent: boolean;
  /** The epoch whose figures are shown; null: the newest. */
  readonly cursor: number | null;
}

export function initialChartView(ascii: boolean): ChartView {
  return { drawing: ascii ? "ascii" : "braille", log: false, smoothing: 0, recent: false, cursor: null };
}

export type ChartChange =
  | { readonly type: "drawing" | "log" | "smoothing" | "window" }
  | { readonly type: "cursor"; readonly to: "left" | "right" | "away" };

/** @param epochs finished so far. */
export function changeCharts(view: ChartView, change: ChartChange, epochs: number): ChartView {
  switch (change.type) {
    case "drawing":
      return { ...view, drawing: after(DRAWINGS, view.drawing) };
    case "log":
      return { ...view, log: !view.log };
    case "smoothing":
      return { ...view, smoothing: after<number>(SMOOTHINGS, view.smoothing) };
    case "window":
      return { ...view, recent: !view.recent, cursor: null };
    case "cursor":
      return { ...view, cursor: moved(view, change.to, epochs) };
  }
}

/** The epochs that the charts show, of so many finished: from, to. */
export function visibleEpochs(view: ChartView, epochs: number): { from: number; to: number } {
  const recent = Math.max(RECENT_AT_LEAST, Math.ceil(epochs / 4));
  return { from: view.recent ? Math.max(1, epochs - recent + 1) : 1, to: epochs };
}

/** In a long history by a sixtieth of it, so that each press is seen. The newest epoch is where the cursor comes from. */
function moved(view: ChartView, to: "left" | "right" | "away", epochs: number): number | null {
  const { from, to: last } = visibleEpochs(view, epochs);
  if (to === "away" || last < 1) return null;
  const step = Math.max(1, Math.round((last - from) / 60)) * (to === "left" ? -1 : 1);
  const next = (view.cursor ?? last) + step;
  return next >= last ? null : Math.max(from, next);
}

function after<T>(all: readonly T[], current: T): T {
  const next = all[(all.indexOf(current) + 1) % all.length];
  if (next === undefined) throw new RangeError("nothing to choose from");
  return next;
}

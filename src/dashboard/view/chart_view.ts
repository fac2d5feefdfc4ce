/** How the charts are drawn: the settings that their keys change. Pure. */
import type { Drawing } from "../charts/series.ts";

const DRAWINGS: readonly Drawing[] = ["braille", "block", "ascii"];
/** The smoothing weights, as in TensorBoard. */
export const SMOOTHINGS = [0, 0.6, 0.9] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];
/** The minimum number of epochs in the window of the newest epochs, which is otherwise a quarter of all epochs. */
const RECENT_AT_LEAST = 10;

export interface ChartView {
  readonly drawing: Drawing;
  /** Whether the axis of the loss is logarithmic. */
  readonly log: boolean;
  readonly smoothing: Smoothing;
  /** Whether only the newest epochs are shown. */
  readonly recent: boolean;
  /** The epoch whose figures are shown, or null for the newest. */
  readonly cursor: number | null;
}

export function initialChartView(ascii: boolean): ChartView {
  return { drawing: ascii ? "ascii" : "braille", log: false, smoothing: 0, recent: false, cursor: null };
}

export type ChartChange =
  | { readonly type: "drawing" | "log" | "smoothing" | "window" }
  | { readonly type: "cursor"; readonly to: CursorMove };

/** A move by a number of epochs, or to a certain one. "newest" removes the cursor. */
export type CursorMove = number | "first" | "best" | "newest";

/** The number of finished epochs, and the best of them. */
export interface Finished {
  readonly epochs: number;
  readonly best: number | null;
}

export function changeCharts(view: ChartView, change: ChartChange, finished: Finished): ChartView {
  switch (change.type) {
    case "drawing":
      return { ...view, drawing: after(DRAWINGS, view.drawing) };
    case "log":
      return { ...view, log: !view.log };
    case "smoothing":
      return { ...view, smoothing: after<Smoothing>(SMOOTHINGS, view.smoothing) };
    case "window":
      return { ...view, recent: !view.recent, cursor: null };
    case "cursor":
      return { ...view, cursor: moved(view, change.to, finished) };
  }
}

/** Returns the first and the last epoch that the charts show, out of `epochs` finished ones. */
export function visibleEpochs(view: ChartView, epochs: number): { from: number; to: number } {
  const recent = Math.max(RECENT_AT_LEAST, Math.ceil(epochs / 4));
  return { from: view.recent ? Math.max(1, epochs - recent + 1) : 1, to: epochs };
}

/** Returns the new position of the cursor, or null at the newest epoch, so that the cursor follows later ones. */
function moved(view: ChartView, to: CursorMove, { epochs, best }: Finished): number | null {
  const { from, to: last } = visibleEpochs(view, epochs);
  if (to === "newest" || last < 1) return null;
  const next = to === "first" ? from : to === "best" ? best ?? last : (view.cursor ?? last) + to;
  return next >= last ? null : Math.max(from, next);
}

function after<T>(all: readonly T[], current: T): T {
  const next = all[(all.indexOf(current) + 1) % all.length];
  if (next === undefined) throw new RangeError("nothing to choose from");
  return next;
}

/** Early stopping in words: what the epochs to come will do. */
import type { EventOf } from "../../events.ts";
import { figure } from "../text/formats.ts";
import { gauge } from "../drawing/gauge.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import type { DashboardState } from "../view/state.ts";
import { stringWidth } from "../text/width.ts";

type EarlyStopping = NonNullable<DashboardState["earlyStopping"]>;

/** The last epoch of the run if nothing improves from here on; `epoch` is the last one finished. */
export function stopEpoch(stopping: EarlyStopping, epoch: number): number {
  return stopping.stops_after ?? epoch + Math.max(1, stopping.patience - stopping.wait);
}

/** What an epoch has to beat to count as better; null where nothing has counted yet. */
export function thresholdOf(stopping: EarlyStopping | null): number | null {
  return stopping?.threshold ?? null;
}

/** `val_accuracy > 0.6519`: what an epoch has to bring to count as better. */
export function threshold(stopping: EarlyStopping): string {
  return `${stopping.monitor} ${stopping.mode === "max" ? ">" : "<"} ${figure(thresholdOf(stopping))}`;
}

/** One sentence, precise also where the run ends before patience does. */
export function earlyStoppingSentence(
  state: Pick<DashboardState, "earlyStopping" | "end" | "run" | "epochs">,
): string {
  const { earlyStopping: stopping, end, run, epochs } = state;
  if (end) return sentenceAfterEnd(end, stopping);
  if (!stopping) return "no epoch has counted yet";
  const epoch = epochs.at(-1)?.epoch ?? 0;
  if (stopping.reference_epoch === null) return `not begun: ${stopping.monitor} counts from a later epoch on`;

  const deadline = stopEpoch(stopping, epoch);
  if (run && epoch >= run.epochs) return `epoch ${run.epochs} was the last one asked for`;
  if (run && deadline === run.epochs) return `stops after epoch ${deadline}, the last one asked for, in any case`;
  if (run && deadline > run.epochs) {
    return `does not stop early: epoch ${run.epochs}, the last one asked for, comes before patience runs out`;
  }
  if (stopping.reference === null) {
    return `stops after epoch ${deadline}: ${stopping.monitor} was no number, and nothing counts as better`;
  }
  const by = stopping.stops_next ? "" : " by then";
  return `stops after epoch ${deadline} unless ${threshold(stopping)}${by}${baselineNote(stopping)}`;
}

/** Whether and why early stopping ended a run; `stopping` is what it said last. */
export function sentenceAfterEnd(
  end: Pick<EventOf<"end">, "reason" | "epochs">,
  stopping: EarlyStopping | null,
): string {
  if (end.reason !== "early_stopping" || !stopping) return "early stopping did not end this run";
  const epochs = stopping.wait === 1 ? "1 epoch" : `${stopping.wait} epochs`;
  return `stopped after epoch ${end.epochs}: ${epochs} without ${threshold(stopping)}`;
}

/** Keras resets `wait` only where the improvement also beats the baseline. */
function baselineNote({ baseline, baseline_reached }: EarlyStopping): string {
  return baseline === null || baseline_reached
    ? ""
    : `; the count starts anew only beyond the baseline ${figure(baseline)}`;
}

const GAUGE_CELLS = 10;

export interface GaugeParts {
  readonly full: string;
  readonly empty: string;
  readonly count: string;
  /** The best so far, beside the gauge where there is room … */
  readonly best: string;
  /** … else on a line of its own. */
  readonly bestBelow: string | null;
}

/** `■■□□□ wait 2/5  ◆ best 0.6519 at epoch 21`: one cell an epoch of patience, up to ten. */
export function gaugeParts(stopping: EarlyStopping, glyphs: Glyphs, width: number): GaugeParts {
  const patience = Math.max(1, stopping.patience);
  const { full, empty } = gauge(Math.min(stopping.wait, patience) / patience, Math.min(patience, GAUGE_CELLS));
  const count = ` wait ${stopping.wait}/${stopping.patience}`;
  const room = width - full - empty - count.length - 2;
  const value = figure(stopping.reference);
  const epoch = stopping.reference_epoch;
  const wordings = epoch === null ? [] : [`best ${value} at epoch ${epoch}`, `best ${value}, epoch ${epoch}`];
  const texts = wordings.map((wording) => `${glyphs.best} ${wording}`);
  const beside = texts.find((text) => stringWidth(text) <= room);
  return {
    full: glyphs.gaugeFull.repeat(full),
    empty: glyphs.gaugeEmpty.repeat(empty),
    count,
    best: beside === undefined ? "" : `  ${beside}`,
    bestBelow: beside === undefined ? texts[0] ?? null : null,
  };
}

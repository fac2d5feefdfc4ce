/** Early stopping in words: what the epochs to come will do, as the trainer says it. */
import type { EventOf } from "../../events.ts";
import { CLASS_FIGURES } from "../../metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { gauge } from "../drawing/gauge.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { figure } from "../text/formats.ts";
import { stringWidth } from "../text/width.ts";

type EarlyStopping = EventOf<"early_stopping">;

/** `val_accuracy > 0.6519`: what an epoch has to bring to count as an improvement. */
function improvement({ monitor, mode, threshold }: EarlyStopping): string {
  return `${monitor} ${mode === "max" ? ">" : "<"} ${figure(threshold)}`;
}

/** One sentence, precise also where the run ends before patience does. */
export function earlyStoppingSentence(
  { earlyStopping: stopping, end, facts, epochs }: Pick<RunState, "earlyStopping" | "end" | "facts" | "epochs">,
): string {
  if (end) return sentenceAfterEnd(end, stopping);
  if (!stopping) return "begins when the first epoch ends";
  const { stops_after: deadline } = stopping;
  if (stopping.reference_epoch === null || deadline === null) return notBegun(stopping);

  const epoch = epochs.at(-1)?.epoch ?? 0;
  // Patience has run out: the run is saved, and then it ends.
  if (deadline <= epoch) return `stops now, after epoch ${epoch}: ${inVain(stopping)}`;
  if (facts && epoch >= facts.epochs) return `epoch ${facts.epochs} was the last one (--epochs ${facts.epochs})`;
  if (facts && deadline === facts.epochs) {
    return `stops after epoch ${deadline} in any case: it is the last one (--epochs ${deadline})`;
  }
  if (facts && deadline > facts.epochs) {
    return `ends after epoch ${facts.epochs} (--epochs); early stopping could end it after epoch ${deadline} at the earliest`;
  }
  if (stopping.reference === null) {
    return `stops after epoch ${deadline}: ${stopping.monitor} was no number, and nothing counts as better`;
  }
  const by = stopping.stops_next ? "" : " by then";
  return `stops after epoch ${deadline} unless ${improvement(stopping)}${by}${baselineNote(stopping)}`;
}

/** Keras counts epochs from 0: `start_from_epoch` is how many do not count. Version 1 does not tell, and says 0. */
function notBegun({ monitor, start_from_epoch: skipped }: EarlyStopping): string {
  return `not begun: ${monitor} counts from ${skipped > 0 ? `epoch ${skipped + 1}` : "a later epoch"} on`;
}

/** Whether and why early stopping ended a run; `stopping` is what it said last. */
export function sentenceAfterEnd(
  end: Pick<EventOf<"end">, "reason" | "epochs">,
  stopping: EarlyStopping | null,
): string {
  if (end.reason !== "early_stopping" || !stopping) return "early stopping did not end this run";
  return `stopped after epoch ${end.epochs}: ${inVain(stopping)}`;
}

/** `5 epochs without val_accuracy > 0.6519`. */
function inVain(stopping: EarlyStopping): string {
  const epochs = stopping.wait === 1 ? "1 epoch" : `${stopping.wait} epochs`;
  return `${epochs} without ${improvement(stopping)}${whence(stopping)}`;
}

/** Where the threshold comes from, if a figure has to pass more than the reference. */
function whence({ reference, reference_epoch, min_delta }: EarlyStopping): string {
  if (reference_epoch === null || reference === null || min_delta === 0) return "";
  return `, which is epoch ${reference_epoch}'s ${figure(reference)} and min_delta ${min_delta}`;
}

/** Keras resets `wait` only where the improvement also beats the baseline. */
function baselineNote({ baseline, baseline_reached }: EarlyStopping): string {
  return baseline === null || baseline_reached
    ? ""
    : `; the count starts anew only beyond the baseline ${figure(baseline)}`;
}

/** The monitored figure's name, with its newest value where no chart shows it and `room` allows it. */
export function monitorText({ monitor }: EarlyStopping, epochs: RunState["epochs"], room: number): string {
  const name = CLASS_FIGURES.find((figure) => figure === monitor);
  const value = name && epochs.at(-1)?.[name];
  if (value === undefined) return monitor;
  const text = `${monitor} ${figure(value)}`;
  return stringWidth(text) <= room ? text : monitor;
}

const GAUGE_CELLS = 10;

export interface GaugeParts {
  readonly full: string;
  readonly empty: string;
  readonly count: string;
  /** What the next figure is compared with, beside the gauge where there is room … */
  readonly reference: string;
  /** … else on a line of its own. */
  readonly referenceBelow: string | null;
}

/** `■■□□□ wait 2/5  ◆ best 0.6519 at epoch 21`: one cell an epoch of patience, up to ten. */
export function gaugeParts(stopping: EarlyStopping, glyphs: Glyphs, width: number): GaugeParts {
  const patience = Math.max(1, stopping.patience);
  const { full, empty } = gauge(Math.min(stopping.wait, patience) / patience, Math.min(patience, GAUGE_CELLS));
  const count = ` wait ${stopping.wait}/${stopping.patience}`;
  const room = width - full - empty - count.length - 2;
  const texts = referenceTexts(stopping, glyphs);
  const beside = texts.find((text) => stringWidth(text) <= room);
  return {
    full: glyphs.gaugeFull.repeat(full),
    empty: glyphs.gaugeEmpty.repeat(empty),
    count,
    reference: beside === undefined ? "" : `  ${beside}`,
    referenceBelow: beside === undefined ? texts[0] ?? null : null,
  };
}

/** The reference, longest wording first. Where it is the best epoch it bears the best epoch's sign, else it does not. */
function referenceTexts(stopping: EarlyStopping, glyphs: Glyphs): string[] {
  const { reference, reference_epoch: epoch, best_epoch } = stopping;
  if (epoch === null) return [];
  const value = figure(reference);
  // A reference that is no number goes with no best epoch: both say that there is nothing yet.
  if (epoch !== best_epoch && best_epoch !== null) return [`compares with ${value}, epoch ${epoch}`];
  return [`${glyphs.best} best ${value} at epoch ${epoch}`, `${glyphs.best} best ${value}, epoch ${epoch}`];
}

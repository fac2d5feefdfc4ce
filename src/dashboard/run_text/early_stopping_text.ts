/** Describes early stopping: what has to happen in the coming epochs for the run to continue or stop. */
import type { EventOf } from "../../events.ts";
import { CLASS_FIGURES } from "../../metrics.ts";
import type { RunState } from "../../run_state/run_state.ts";
import { gauge } from "../drawing/gauge.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { figure } from "../text/formats.ts";
import { stringWidth } from "../text/width.ts";

type EarlyStopping = EventOf<"early_stopping">;

/** Returns the condition that an epoch must meet to count as an improvement: `val_accuracy > 0.6519`. */
function improvement({ monitor, mode, threshold }: EarlyStopping): string {
  return `${monitor} ${mode === "max" ? ">" : "<"} ${figure(threshold)}`;
}

/**
 * Returns ever shorter wordings of `earlyStoppingSentence`. They leave out first the name of the monitored figure,
 * which is also in the pane's title, and last when and below which figure: the screen shows both elsewhere too.
 */
export function earlyStoppingSentences(run: Parameters<typeof earlyStoppingSentence>[0]): string[] {
  const { earlyStopping: stopping, end, epochs, facts } = run;
  const whole = earlyStoppingSentence(run);
  if (!stopping) return [whole];
  const short = whole.replace(`unless ${stopping.monitor} `, "unless ");
  const shorter = short.replace(" by then", "");
  const stopsNow = !end && (stopping.stops_after ?? Infinity) <= (epochs.at(-1)?.epoch ?? 0);
  const reason = `no improvement in ${epochCount(stopping)}`;
  const least = end?.reason === "early_stopping"
    ? [`stopped: ${reason}`]
    : stopsNow
    ? [`stops now: ${reason}`]
    : facts && stopping.stops_after === facts.epochs
    ? [`stops after epoch ${facts.epochs}, the last one`]
    : [];
  return [whole, short, shorter, shorter.replace(/;.*|, before .*/, ""), ...least];
}

/** Returns one sentence about when the run stops, whether because of early stopping or because of `--epochs`. */
export function earlyStoppingSentence(
  { earlyStopping: stopping, end, facts, epochs }: Pick<RunState, "earlyStopping" | "end" | "facts" | "epochs">,
): string {
  if (end) return sentenceAfterEnd(end, stopping);
  if (!stopping) return "starts after the first epoch";
  const { stops_after: deadline } = stopping;
  if (stopping.reference_epoch === null || deadline === null) return notBegun(stopping);

  const epoch = epochs.at(-1)?.epoch ?? 0;
  // Patience has run out. The trainer saves the run and then ends it.
  if (deadline <= epoch) return `stops now, after epoch ${epoch}: ${stopReason(stopping)}`;
  if (facts && epoch >= facts.epochs) return `epoch ${facts.epochs} was the last one (--epochs ${facts.epochs})`;
  if (facts && deadline === facts.epochs) {
    return `stops after epoch ${deadline} in any case: it is the last one (--epochs ${deadline})`;
  }
  if (facts && deadline > facts.epochs) {
    return `ends after epoch ${facts.epochs} (--epochs), before early stopping could end it (epoch ${deadline})`;
  }
  if (stopping.reference === null) {
    return `stops after epoch ${deadline}: ${stopping.monitor} was NaN, so no value counts as better`;
  }
  const by = stopping.stops_next ? "" : " by then";
  return `stops after epoch ${deadline} unless ${improvement(stopping)}${by}${baselineNote(stopping)}`;
}

/**
 * Keras counts epochs from 0, so `start_from_epoch` is the number of epochs that do not count. It is 0 in logs of
 * version 1, which do not contain it.
 */
function notBegun({ monitor, start_from_epoch: skipped }: EarlyStopping): string {
  return `not started: ${monitor} counts from ${skipped > 0 ? `epoch ${skipped + 1}` : "a later epoch"} on`;
}

export const NOT_BY_EARLY_STOPPING = "early stopping did not end this run";

/** Returns whether and why early stopping ended a run. `stopping` is the last early-stopping event. */
export function sentenceAfterEnd(
  end: Pick<EventOf<"end">, "reason" | "epochs">,
  stopping: EarlyStopping | null,
): string {
  if (end.reason !== "early_stopping" || !stopping) return NOT_BY_EARLY_STOPPING;
  return `stopped after epoch ${end.epochs}: ${stopReason(stopping)}`;
}

/** Returns the reason for stopping: `5 epochs without val_accuracy > 0.6519`. */
function stopReason(stopping: EarlyStopping): string {
  return `${epochCount(stopping)} without ${improvement(stopping)}${thresholdNote(stopping)}`;
}

function epochCount({ wait }: EarlyStopping): string {
  return wait === 1 ? "1 epoch" : `${wait} epochs`;
}

/** Explains the threshold if it differs from the reference because of min_delta. */
function thresholdNote({ reference, reference_epoch, min_delta }: EarlyStopping): string {
  if (reference_epoch === null || reference === null || min_delta === 0) return "";
  return ` (epoch ${reference_epoch}: ${figure(reference)}, min_delta ${min_delta})`;
}

/** Notes that an improvement does not suffice: Keras resets `wait` only if it also beats the baseline. */
function baselineNote({ baseline, baseline_reached }: EarlyStopping): string {
  return baseline === null || baseline_reached ? "" : `; wait resets only beyond the baseline ${figure(baseline)}`;
}

/**
 * Returns the name of the monitored figure. Adds its newest value if no chart shows it and it fits into `room` columns.
 */
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
  /** The value to compare with, if it fits beside the gauge; otherwise empty. */
  readonly reference: string;
  /** The value to compare with, if it needs its own line; otherwise null. */
  readonly referenceBelow: string | null;
}

/** Returns `■■□□□ wait 2/5  ◆ best 0.6519 at epoch 21`: one cell per epoch of patience, up to ten. */
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

/** Returns texts for the reference, the longest first. They have the sign of the best epoch if it is the best epoch. */
function referenceTexts(stopping: EarlyStopping, glyphs: Glyphs): string[] {
  const { reference, reference_epoch: epoch, best_epoch } = stopping;
  if (epoch === null) return [];
  const value = figure(reference);
  // If the reference is NaN there is no best epoch either.
  if (epoch !== best_epoch && best_epoch !== null) return [`compares with ${value}, epoch ${epoch}`];
  return [`${glyphs.best} best ${value} at epoch ${epoch}`, `${glyphs.best} best ${value}, epoch ${epoch}`];
}

/**
 * Shows new sample images one after the other. In 24-bit colour each takes 5 kB, which is more than the rest of the
 * screen takes in a second. Pure.
 */
import type { EventOf } from "../../events.ts";
import type { Sample } from "./samples_view.ts";

type Samples = EventOf<"samples">;

export interface ShownSample extends Sample {
  /** The epoch whose validation it comes from. */
  readonly epoch: number;
}

export interface Spread {
  /** The samples on the screen. */
  readonly shown: readonly ShownSample[];
  /** The samples that are being shown step by step. Newer ones wait until these are complete. */
  readonly target: Samples | null;
}

export const NOTHING_SHOWN: Spread = { shown: [], target: null };

/** The time between two images while nothing else is drawn, because the run has ended or is paused. */
const ALONE_MS = 1500;
/** The time between two images while the run continues and there is an empty place. */
const FILL_MS = 3000;
/** The time between two images while the run continues and each replaces an older image. */
const CALM_MS = 8000;

/** Returns the spread after one step, which shows one more image of the target. */
export function afterStep(spread: Spread, newest: Samples | null): Spread {
  const target = isComplete(spread) ? newest : spread.target;
  if (target === null) return NOTHING_SHOWN;
  let changed = false;
  const shown = target.mistakes.flatMap((mistake, index): ShownSample[] => {
    const old = spread.shown[index];
    const wanted = { ...mistake, epoch: target.epoch };
    // If only the confidence of an image has changed, drawing it takes a few bytes.
    if (old?.pixels === mistake.pixels) return [wanted];
    if (changed) return old ? [old] : [];
    changed = true;
    return [wanted];
  });
  return { shown, target };
}

/** Returns the time from one step to the next, in milliseconds, or null if everything is shown. */
export function pauseMs(spread: Spread, newest: Samples | null, alone: boolean): number | null {
  const { shown, target } = spread;
  if (isComplete(spread) && target === newest) return null;
  if (shown.length === 0) return 0;
  if (alone) return ALONE_MS;
  return target && shown.length < target.mistakes.length ? FILL_MS : CALM_MS;
}

function isComplete({ shown, target }: Spread): boolean {
  return target === null ||
    (shown.length === target.mistakes.length && shown.every(({ epoch }) => epoch === target.epoch));
}

/** Returns the epoch of the shown images, or `updating to epoch 5` while some are from an earlier epoch. */
export function epochsText(shown: readonly ShownSample[]): string {
  const epochs = shown.map(({ epoch }) => epoch);
  const newest = Math.max(...epochs);
  return epochs.every((epoch) => epoch === newest) ? `epoch ${newest}` : `updating to epoch ${newest}`;
}

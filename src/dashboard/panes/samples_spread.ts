/**
 * New sample images one after the other: in 24-bit colour each costs 5 kB, which is more than the rest of the screen takes
 * in a second. Pure.
 */
import type { EventOf } from "../../events.ts";
import type { Sample } from "./samples_view.ts";

type Samples = EventOf<"samples">;

export interface ShownSample extends Sample {
  /** The epoch whose validation it is from. */
  readonly epoch: number;
}

export interface Spread {
  /** What is on the screen. */
  readonly shown: readonly ShownSample[];
  /** What it becomes, step by step; a newer one waits until it is complete. */
  readonly target: Samples | null;
}

export const NOTHING_SHOWN: Spread = { shown: [], target: null };

/** Between two images while nothing else is written: the run has ended or is paused. */
const ALONE_MS = 1500;
/** Between two images while the run goes on, where there were none. */
const FILL_MS = 3000;
/** Between two images while the run goes on. */
const CALM_MS = 8000;

/** Returns the spread after one step: one image more as it is in the newest samples. */
export function afterStep(spread: Spread, newest: Samples | null): Spread {
  const target = isComplete(spread) ? newest : spread.target;
  if (target === null) return NOTHING_SHOWN;
  let changed = false;
  const shown = target.mistakes.flatMap((mistake, index): ShownSample[] => {
    const old = spread.shown[index];
    const wanted = { ...mistake, epoch: target.epoch };
    // The same image with another share is a few bytes.
    if (old?.pixels === mistake.pixels) return [wanted];
    if (changed) return old ? [old] : [];
    changed = true;
    return [wanted];
  });
  return { shown, target };
}

/** Returns how long after one step the next is due; null where all is shown. */
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

/** The epochs that the shown images are from: `epoch 3`, or `epochs 3-5` while new ones come. */
export function epochsText(shown: readonly ShownSample[]): string {
  const epochs = shown.map(({ epoch }) => epoch);
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  return first === last ? `epoch ${first}` : `epochs ${first}-${last}`;
}

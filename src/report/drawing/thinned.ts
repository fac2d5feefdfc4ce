/** Makes the history of a long run small enough for a page. Pure. */
import type { EpochFigures } from "../../events.ts";
import { FIGURE_NAMES } from "../../metrics.ts";

/**
 * Returns the epochs, or of more than `intervals` × 8 only those that a small plot shows: of each interval the epochs
 * with the lowest and with the highest value of each figure, so that no peak is lost.
 *
 * @param keep an epoch that stays in any case, such as the best one
 */
export function thinned(epochs: readonly EpochFigures[], intervals: number, keep: number | null): EpochFigures[] {
  const length = epochs.length / intervals;
  if (length <= 2 * FIGURE_NAMES.length) return [...epochs];
  const places = new Set<number>([0, epochs.length - 1]);
  const kept = epochs.findIndex(({ epoch }) => epoch === keep);
  if (kept >= 0) places.add(kept);
  for (let interval = 0; interval < intervals; interval++) {
    const [from, to] = [Math.floor(interval * length), Math.floor((interval + 1) * length)];
    for (const name of FIGURE_NAMES) for (const place of extremes(epochs, name, from, to)) places.add(place);
  }
  return [...places].sort((one, other) => one - other).flatMap((place) => epochs[place] ?? []);
}

/** Returns the places of the lowest and the highest value. */
function extremes(
  epochs: readonly EpochFigures[],
  name: (typeof FIGURE_NAMES)[number],
  from: number,
  to: number,
): number[] {
  let [lowest, highest] = [-1, -1];
  const valueAt = (place: number) => epochs[place]?.[name] ?? null;
  for (let place = from; place < to; place++) {
    const value = valueAt(place);
    if (value === null) continue;
    if (lowest < 0 || value < (valueAt(lowest) ?? 0)) lowest = place;
    if (highest < 0 || value > (valueAt(highest) ?? 0)) highest = place;
  }
  return lowest < 0 ? [from] : [lowest, highest];
}

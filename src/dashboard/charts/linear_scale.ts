/** Linear axes. */
import { type Rows, type Scale, steppedLabels, tickRowsAtLeast, tidy } from "./scale.ts";

const ROUND_STEPS = [1, 2, 2.5, 5];
/**
 * How much tighter an axis must be to be preferred to one with more ticks, per row that its ticks are farther apart.
 */
const FEWER_TICKS = 0.02;
/** How much tighter an axis with only two ticks must be in addition, if the chart has room for more. */
const TWO_TICKS = 0.25;

/**
 * The limits of possible values, e.g. 0 and 1 for an accuracy. There are no ticks beyond them, unless a value is beyond
 * them, as one in a damaged log may be.
 */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Returns the tightest axis that contains min…max and has at least two ticks at round values. The ticks are at the same
 * dot of their rows and equally many rows apart, so that the value of every dot can be read off exactly.
 */
export function linearScale(min: number, max: number, room: Rows, limits: Limits = {}): Scale {
  if (max - min <= Math.abs(max) * 1e-9) {
    const margin = Math.abs(min) * 0.1 || 0.5;
    return linearScale(min - margin, max + margin, room, limits);
  }
  const { min: least = -Infinity, max: most = Infinity } = limits;
  const within = { min: min < least ? -Infinity : least, max: max > most ? Infinity : most };
  let best: { scale: Scale; cost: number } | null = null;
  const closest = tickRowsAtLeast(room.rows);
  for (let apart = closest; apart < room.rows; apart++) {
    const scale = tightest(min, max, apart, room, within);
    const fewer = (apart - closest) * FEWER_TICKS + (scale.ticks.length > 2 || room.rows < 6 ? 0 : TWO_TICKS);
    const cost = (scale.upper - scale.lower) * (1 + fewer);
    if (best === null || cost < best.cost * (1 - 1e-9)) best = { scale, cost };
  }
  if (best === null) throw new RangeError(`no axis has room in ${room.rows} rows`);
  return best.scale;
}

/** Returns the tightest axis whose ticks are `apart` rows apart. */
function tightest(min: number, max: number, apart: number, room: Rows, limits: Required<Limits>): Scale {
  const dots = room.rows * room.dotsPerRow;
  const dotsApart = apart * room.dotsPerRow;
  const first = Math.floor(Math.log10(((max - min) / (dots - 1)) * dotsApart));
  for (let exponent = first;; exponent++) {
    for (const round of ROUND_STEPS) {
      const scale = withStep(tidy(round * 10 ** exponent), min, max, apart, room, limits);
      if (scale) return scale;
    }
  }
}

/**
 * Returns the axis with this step that starts as closely below `min` as possible with all ticks at the right dot of
 * their rows, or null if there is none.
 */
function withStep(
  step: number,
  min: number,
  max: number,
  apart: number,
  room: Rows,
  limits: Required<Limits>,
): Scale | null {
  const { rows, dotsPerRow } = room;
  const tickDot = Math.floor((dotsPerRow - 1) / 2);
  const perRow = step / apart;
  const perDot = perRow / dotsPerRow;
  const dots = rows * dotsPerRow;
  const slack = perDot * 1e-6;
  // The number of rows from 0 to the lowest row. If there are too few ticks, a lower start may have one more.
  const highest = Math.floor((min + slack) / perRow + tickDot / dotsPerRow);
  for (let bottom = highest;; bottom--) {
    const lower = bottom * perRow - tickDot * perDot;
    const upper = lower + (dots - 1) * perDot;
    if (upper < max - slack) return null;
    const values: { value: number; row: number }[] = [];
    for (let count = Math.ceil(bottom / apart); count * apart - bottom < rows; count++) {
      const value = tidy(count * step);
      if (value >= limits.min && value <= limits.max) {
        values.push({ value, row: count * apart - bottom });
      }
    }
    if (values.length < 2) continue;
    const labels = steppedLabels(values.map(({ value }) => value), step);
    const ticks = values.map(({ value, row }, index) => ({
      value,
      label: labels[index] ?? "",
      dot: row * dotsPerRow + tickDot,
    }));
    return { lower, upper, dots, ticks, log: false };
  }
}

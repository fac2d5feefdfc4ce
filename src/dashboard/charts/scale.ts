/** Axes with round numbers. */
import { at } from "../../at.ts";

export interface Scale {
  readonly lower: number;
  readonly upper: number;
  readonly step: number;
  /** From lower to upper. */
  readonly ticks: readonly number[];
  /** Whether equal distances are equal ratios; `step` means nothing then. */
  readonly log: boolean;
}

/** How far up a value stands, 0 at the lower end and 1 at the upper. Not positive on a logarithmic scale: not finite. */
export function shareOf({ lower, upper, log }: Scale, value: number): number {
  if (log) return Math.log(value / lower) / Math.max(1e-12, Math.log(upper / lower));
  return (value - lower) / Math.max(1e-12, upper - lower);
}

const ROUND_STEPS = [1, 2, 2.5, 5];

/** The tightest scale with round ticks that holds min…max in at most `intervals` steps (≥ 1). */
export function niceScale(min: number, max: number, intervals: number): Scale {
  if (min === max) {
    const margin = Math.abs(min) * 0.1 || 0.5;
    return niceScale(min - margin, max + margin, intervals);
  }
  const first = Math.floor(Math.log10((max - min) / intervals));
  for (let exponent = first;; exponent++) {
    for (const round of ROUND_STEPS) {
      const step = round * 10 ** exponent;
      // Without the margin 0.3 / 0.1 = 2.9999999999999996 would cost an interval.
      const from = Math.floor(min / step + 1e-9);
      const to = Math.ceil(max / step - 1e-9);
      if (to - from > intervals) continue;
      const ticks = Array.from({ length: to - from + 1 }, (_, index) => tidy((from + index) * step));
      return { lower: tidy(from * step), upper: tidy(to * step), step: tidy(step), ticks, log: false };
    }
  }
}

/** What a decade is cut at, from many ticks to few. */
const LOG_CUTS = [[1, 2, 5], [1, 3], [1]] as const;

/** A logarithmic scale (0 < min ≤ max) whose ticks are 1, 2 and 5 times a power of ten, or fewer of them. */
export function logScale(min: number, max: number, intervals: number): Scale {
  const [first, last] = [Math.floor(Math.log10(min) + 1e-9), Math.ceil(Math.log10(max) - 1e-9)];
  for (const cuts of LOG_CUTS) {
    const ticks = ticksAround(
      min,
      max,
      decades(first - 1, last + 1, 1).flatMap((decade) => cuts.map((cut) => cut * decade)),
    );
    if (ticks.length - 1 <= intervals) return logScaleOf(ticks);
  }
  const every = Math.max(1, Math.ceil((last - first) / intervals));
  return logScaleOf(decades(first, first + every * Math.max(1, Math.ceil((last - first) / every)), every));
}

function logScaleOf(ticks: readonly number[]): Scale {
  const tidied = ticks.map(tidy);
  return { lower: at(tidied, 0), upper: at(tidied, tidied.length - 1), step: 0, ticks: tidied, log: true };
}

/** Powers of ten. */
function decades(from: number, to: number, every: number): number[] {
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, index) => 10 ** (from + index * every));
}

/** The ticks from the last that is not above `min` to the first that is not below `max`, two at least. */
function ticksAround(min: number, max: number, ticks: readonly number[]): readonly number[] {
  const from = ticks.findLastIndex((tick) => tick <= min * (1 + 1e-9));
  const to = ticks.findIndex((tick, index) => tick >= max * (1 - 1e-9) && index > from);
  return ticks.slice(from, to + 1);
}

/** All labels of one axis with as many digits as its step needs. */
export function tickLabels({ ticks, step, log }: Scale): string[] {
  if (log) return ticks.map((tick) => (tick >= 1e5 || tick < 1e-4 ? tick.toExponential(0) : String(tick)));
  const digits = Math.max(
    0,
    ...[0, 1, 2, 3, 4, 5, 6].filter((places) => tidy(step * 10 ** places) % 1 !== 0).map((places) => places + 1),
  );
  return ticks.map((tick) => Math.abs(tick) >= 1e5 || (step < 1e-5) ? tick.toExponential(1) : tick.toFixed(digits));
}

/**
 * The smallest of 1, 5, 10, 20, 50, 100 … that cuts `range` into at most `intervals` pieces. Not 2: counted from epoch
 * 1, its ticks would begin 1, 2, 4.
 */
export function wholeStep(range: number, intervals: number): number {
  for (let decade = 1;; decade *= 10) {
    for (const step of decade === 1 ? [1, 5] : [decade, 2 * decade, 5 * decade]) {
      if (range / step <= intervals) return step;
    }
  }
}

/** The last epoch on the axis: all of a short run, else a round number that is not left behind too soon. */
export function epochExtent(finished: number, asked: number): number {
  if (asked <= 50) return Math.max(2, asked);
  for (let decade = 10;; decade *= 10) {
    for (const round of [1, 2, 3, 5, 7.5]) {
      const extent = Math.round(round * decade);
      if (finished <= extent) return Math.max(2, Math.min(extent, asked));
    }
  }
}

/** Removes the noise of binary fractions: 0.30000000000000004 → 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

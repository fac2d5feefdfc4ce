/** Axes with round numbers. */

export interface Scale {
  readonly lower: number;
  readonly upper: number;
  readonly step: number;
  /** From lower to upper. */
  readonly ticks: readonly number[];
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
      return { lower: tidy(from * step), upper: tidy(to * step), step: tidy(step), ticks };
    }
  }
}

/** All labels of one axis with as many digits as its step needs. */
export function tickLabels({ ticks, step }: Scale): string[] {
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

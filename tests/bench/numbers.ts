/** Medians, ratios and rates: what is made of samples. Pure. */

/** The middle value; of an even number the mean of the two in the middle. Throws RangeError where there is none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("no samples: there is no median of nothing");
  return (lower + upper) / 2;
}

/** Each sample over the one of the same round. Throws RangeError where the rounds are not as many. */
export function pairedRatios(samples: readonly number[], against: readonly number[]): number[] {
  if (samples.length !== against.length) throw new RangeError(`${samples.length} samples against ${against.length}`);
  return samples.map((sample, round) => sample / (against[round] ?? NaN));
}

/**
 * The largest difference of two arrays, over the largest absolute value of the second: how far features are from those
 * they stand for. Throws RangeError where the lengths differ.
 */
export function largestRelativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) throw new RangeError(`${found.length} values against ${expected.length}`);
  let difference = 0;
  let largest = 0;
  for (let index = 0; index < expected.length; index++) {
    const value = expected[index] ?? NaN;
    // Math.max keeps a NaN, so that features that are none cannot pass for equal ones.
    difference = Math.max(difference, Math.abs((found[index] ?? NaN) - value));
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}

/** A counter's reading at a moment. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/** How fast a counter went between its first and its last reading within the time, each second; null where it can't be told. */
export function perSecond(readings: readonly Reading[], fromMs = -Infinity, toMs = Infinity): number | null {
  const within = readings.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return null;
  return (last.value - first.value) / ((last.atMs - first.atMs) / 1000);
}

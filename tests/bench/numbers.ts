/** Computes medians, ratios and rates of samples. Pure. */

/** Returns the middle value, or the mean of the two middle values. Throws RangeError if there is none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("no samples: there is no median of nothing");
  return (lower + upper) / 2;
}

/**
 * Returns the 95 % interval of the median: the smallest pair of order statistics, equally far from both ends, that has
 * the median between them with at least that probability. No distribution is assumed (sign test). With fewer than six
 * samples there is no such pair, and the lowest and the highest are returned.
 */
export function medianInterval(samples: readonly number[]): readonly [low: number, high: number] {
  const sorted = samples.toSorted((one, other) => one - other);
  const count = sorted.length;
  // The probability that at most `below` of `count` samples are below the median.
  let tail = 0;
  let term = 0.5 ** count;
  let below = 0;
  for (; below < count / 2; below++) {
    if (tail + term > 0.025) break;
    tail += term;
    term *= (count - below) / (below + 1);
  }
  const skipped = Math.max(0, below - 1);
  const [low, high] = [sorted[skipped], sorted[count - 1 - skipped]];
  if (low === undefined || high === undefined) throw new RangeError("no samples: there is no median of nothing");
  return [low, high];
}

/** Divides each sample by the one of the same round. Throws RangeError if the numbers of rounds differ. */
export function pairedRatios(samples: readonly number[], against: readonly number[]): number[] {
  if (samples.length !== against.length) throw new RangeError(`${samples.length} samples against ${against.length}`);
  return samples.map((sample, round) => sample / (against[round] ?? NaN));
}

/**
 * Returns the largest difference of two arrays relative to the largest absolute value of the second, as the error of
 * features. Throws RangeError if the lengths differ.
 */
export function largestRelativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) throw new RangeError(`${found.length} values against ${expected.length}`);
  let difference = 0;
  let largest = 0;
  for (let index = 0; index < expected.length; index++) {
    const value = expected[index] ?? NaN;
    // Math.max propagates NaN, so features that are NaN cannot pass for equal ones.
    difference = Math.max(difference, Math.abs((found[index] ?? NaN) - value));
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}

/** The value of a counter at a moment. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/**
 * Returns how fast a counter increased per second between its first and its last reading in the period, or null if
 * there are fewer than two readings.
 */
export function perSecond(readings: readonly Reading[], fromMs = -Infinity, toMs = Infinity): number | null {
  const within = readings.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return null;
  return (last.value - first.value) / ((last.atMs - first.atMs) / 1000);
}

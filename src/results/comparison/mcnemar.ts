/** McNemar's exact test of whether two classifiers differ by more than chance on the same images. Pure. */

/** The numbers of images that exactly one of two classifiers predicts correctly. */
export interface Disagreement {
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

/**
 * Counts the images that exactly one of two classifiers predicts correctly.
 *
 * @param first whether the first classifier predicts each image correctly
 * @param second the same for the second one, in the same order
 */
export function disagreement(first: readonly boolean[], second: readonly boolean[]): Disagreement {
  if (first.length !== second.length) throw new RangeError(`${first.length} and ${second.length} images`);
  const differing = first.filter((right, index) => right !== second[index]);
  const onlyFirst = differing.filter((right) => right).length;
  return { onlyFirst, onlySecond: differing.length - onlyFirst };
}

/**
 * Returns the two-sided p-value: the probability of a disagreement at least as uneven as this one if both classifiers
 * were equally good. It is that of the binomial distribution with probability 1/2 (Q. McNemar, 1947; the exact form,
 * without a continuity correction), and 1 if they never disagree.
 */
export function mcnemar({ onlyFirst, onlySecond }: Disagreement): number {
  const count = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Logarithms, because 2^-count underflows from a count of 1,075 on.
  let logTerm = -count * Math.LN2;
  let tail = 0;
  for (let successes = 0; successes <= fewer; successes++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((count - successes) / (successes + 1));
  }
  return Math.min(1, 2 * tail);
}

/** Smooths curves as TensorBoard does. */
import { figureColumn } from "../../columns.ts";
import type { Scan } from "../../sequence.ts";

interface Mean {
  sum: number;
  weights: number;
}

/**
 * Returns the exponential moving average. The weights of each mean are normalised to sum to 1 (TensorBoard's
 * "debiasing"), because otherwise the curve would start near 0. Gaps stay gaps.
 *
 * @param weight the weight of the previous values, from 0 (no smoothing) to less than 1
 */
export function smoothing(weight: number): Scan<number | null, Mean, number | null> {
  return {
    start: () => ({ sum: 0, weights: 0 }),
    next(mean, y) {
      if (y === null) return null;
      mean.sum = mean.sum * weight + y * (1 - weight);
      mean.weights = mean.weights * weight + (1 - weight);
      return mean.sum / mean.weights;
    },
    results: figureColumn,
  };
}

/** Smooths curves as TensorBoard does. */
import type { Point } from "./series.ts";

/**
 * Returns the exponential moving average. The weights of each mean are normalised to sum to 1 (TensorBoard's
 * "debiasing"), because otherwise the curve would start near 0. Gaps stay gaps.
 *
 * @param weight the weight of the previous values, from 0 (no smoothing) to 1
 */
export function smooth(points: readonly Point[], weight: number): readonly Point[] {
  if (weight === 0) return points;
  let [sum, weights] = [0, 0];
  return points.map(({ x, y }) => {
    if (y === null) return { x, y };
    sum = sum * weight + y * (1 - weight);
    weights = weights * weight + (1 - weight);
    return { x, y: sum / weights };
  });
}

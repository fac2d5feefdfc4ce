/** TensorBoard's smoothing of curves. */
import type { Point } from "./series.ts";

/**
 * An exponential moving average, each value of which is the mean of all so far with weights that sum to 1 (TensorBoard's
 * "debiasing": without it a curve would begin near 0). Gaps stay gaps.
 *
 * @param weight of what came before, 0 (as it is) to 1.
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

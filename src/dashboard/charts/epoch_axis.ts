/** The horizontal axis: its last epoch and its ticks. */

/**
 * Returns the smallest of 1, 5, 10, 20, 50, 100 … that divides `range` into at most `intervals` parts. 2 is left out,
 * because the ticks start at epoch 1 and would be 1, 2, 4.
 */
export function wholeStep(range: number, intervals: number): number {
  for (let decade = 1;; decade *= 10) {
    for (const step of decade === 1 ? [1, 5] : [decade, 2 * decade, 5 * decade]) {
      if (range / step <= intervals) return step;
    }
  }
}

/** The number of epochs that the axis of a long run shows at first. */
const SHORT = 20;
/** The minimum share of the axis that is filled, once a run has more epochs than `SHORT`. */
const FILLED = 0.75;

/**
 * Returns the last epoch on the axis. The axis grows by a third at a time, so that after the first 20 epochs at least
 * three quarters of it are filled, and the curves are rescaled at most six times up to epoch 115.
 */
export function epochExtent(finished: number, planned: number): number {
  if (Math.max(finished, SHORT) >= planned * FILLED) return Math.max(2, planned);
  let extent = SHORT;
  while (extent < finished) extent = Math.ceil(extent / FILLED);
  return extent;
}

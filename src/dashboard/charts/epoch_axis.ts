/** The horizontal axis: how far it reaches, and which epochs it names. */

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

/** Epochs that every axis shows from the start, where so many were asked for. */
const SHORT = 20;
/** How much of the axis is filled at least, once a run is no longer short. */
const FILLED = 0.75;

/**
 * The last epoch on the axis. It grows by a third at a time: after the first 20 epochs three quarters are filled, and up
 * to 115 epochs the curves are squeezed six times at most.
 */
export function epochExtent(finished: number, asked: number): number {
  if (Math.max(finished, SHORT) >= asked * FILLED) return Math.max(2, asked);
  let extent = SHORT;
  while (extent < finished) extent = Math.ceil(extent / FILLED);
  return extent;
}

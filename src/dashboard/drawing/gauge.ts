/** Bars in whole cells. */

/** How many of `cells` are full; something begun shows at least one, something unfinished leaves at least one. */
export function gauge(share: number, cells: number): { full: number; empty: number } {
  const bounded = Math.max(0, Math.min(1, share));
  const rounded = Math.round(bounded * cells);
  const full = bounded === 0 ? 0 : bounded === 1 ? cells : Math.max(1, Math.min(cells - 1, rounded));
  return { full, empty: cells - full };
}

/** Bars made of whole cells. */

/**
 * Divides a bar of `cells` cells into full and empty ones. A share above 0 has at least one full cell, a share below 1
 * at least one empty cell.
 */
export function gauge(share: number, cells: number): { full: number; empty: number } {
  const bounded = Math.max(0, Math.min(1, share));
  const rounded = Math.round(bounded * cells);
  const full = bounded === 0 ? 0 : bounded === 1 ? cells : Math.max(1, Math.min(cells - 1, rounded));
  return { full, empty: cells - full };
}

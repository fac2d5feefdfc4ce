/** Reduces long histories for the screen. */
import { SPAN } from "../../span.ts";
import { indexesWithin, type Point, pointAt, type Points, pointsBetween } from "./points.ts";

/**
 * Returns the points within from…to, but at most two for each of `columns` equal intervals: the lowest and the highest,
 * in their order. No peak is lost and the spacing stays even. Points that are not denser are returned unchanged. The
 * time for it hardly depends on the number of points.
 */
export function decimate(points: Points, from: number, to: number, columns: number): Point[] {
  const [first, end] = indexesWithin(points, from, to);
  if (end - first <= columns * 2) return pointsBetween(points, first, end);
  const intervalOf = (x: number) => Math.floor(((x - from) / (to - from || 1)) * columns);
  const places: number[] = [];
  for (let column = 0, start = first; column < columns && start < end; column++) {
    const next = column === columns - 1 ? end : Math.min(end, points.xs.firstIndex((x) => intervalOf(x) > column));
    if (next <= start) continue;
    const { count, lowestAt, highestAt } = points.ys.over(SPAN, start, next);
    // Without a figure, any point of the interval is a gap.
    places.push(count === 0 ? start : Math.min(lowestAt, highestAt));
    if (lowestAt !== highestAt) places.push(Math.max(lowestAt, highestAt));
    start = next;
  }
  return places.map((place) => pointAt(points, place)).filter((point) => point !== undefined);
}

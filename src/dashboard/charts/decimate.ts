/** Reduces long histories for the screen. */
import type { Point } from "./series.ts";

/**
 * Returns at most two points for each of `columns` equal intervals of from…to: the lowest and the highest, in their
 * order. No peak is lost and the spacing stays even. Points that are not denser are returned unchanged.
 */
export function decimate(points: readonly Point[], from: number, to: number, columns: number): readonly Point[] {
  if (points.length <= columns * 2) return points;
  const intervals = new Map<number, Point[]>();
  for (const point of points) {
    const interval = Math.min(columns - 1, Math.floor(((point.x - from) / (to - from || 1)) * columns));
    const members = intervals.get(interval);
    if (members) members.push(point);
    else intervals.set(interval, [point]);
  }
  return [...intervals.values()].flatMap(extremes);
}

function extremes(points: readonly Point[]): Point[] {
  let lowest: Point | undefined;
  let highest: Point | undefined;
  let [least, most] = [Infinity, -Infinity];
  for (const point of points) {
    if (point.y === null) continue;
    if (point.y < least) [lowest, least] = [point, point.y];
    if (point.y > most) [highest, most] = [point, point.y];
  }
  if (!lowest || !highest) return points.slice(0, 1);
  if (lowest === highest) return [lowest];
  return lowest.x < highest.x ? [lowest, highest] : [highest, lowest];
}

/** Long histories, thinned for the screen. */
import type { Point } from "./series.ts";

/**
 * At most two points for each of `columns` equal stretches of from…to: the lowest and the highest, in their order, so
 * that no peak is lost and the spacing stays even. Points no denser than that come back as they are.
 */
export function decimate(points: readonly Point[], from: number, to: number, columns: number): readonly Point[] {
  if (points.length <= columns * 2) return points;
  const stretches = new Map<number, Point[]>();
  for (const point of points) {
    const stretch = Math.min(columns - 1, Math.floor(((point.x - from) / (to - from || 1)) * columns));
    const members = stretches.get(stretch);
    if (members) members.push(point);
    else stretches.set(stretch, [point]);
  }
  return [...stretches.values()].flatMap(extremes);
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

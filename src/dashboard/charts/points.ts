/** The points of a curve, from left to right. */
import { Sequence } from "../../sequence.ts";

export interface Point {
  readonly x: number;
  /** null leaves a gap. */
  readonly y: number | null;
}

/** The coordinates of many points. Both sequences have the same length, and no x is less than the one before it. */
export interface Points {
  readonly xs: Sequence<number>;
  readonly ys: Sequence<number | null>;
}

export function pointsOf(points: readonly Point[]): Points {
  return { xs: Sequence.of(points.map(({ x }) => x)), ys: Sequence.of(points.map(({ y }) => y)) };
}

/** Returns a point, or undefined if there is none at this index. A negative index counts from the end. */
export function pointAt({ xs, ys }: Points, index: number): Point | undefined {
  const [x, y] = [xs.at(index), ys.at(index)];
  return x === undefined || y === undefined ? undefined : { x, y };
}

/** Returns the points from one index up to another, which is not included. */
export function pointsBetween(points: Points, from: number, to: number): Point[] {
  return Array.from({ length: to - from }, (_, index) => pointAt(points, from + index)).filter((point) =>
    point !== undefined
  );
}

/** Returns the index of the first point with at least this x, and that of the first one with a greater x than `to`. */
export function indexesWithin({ xs }: Points, from: number, to: number): readonly [number, number] {
  return [xs.firstIndex((x) => x >= from), xs.firstIndex((x) => x > to)];
}

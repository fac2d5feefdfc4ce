/**
 * Shapes as signed distance functions (negative inside), in the drawing's units; y points down. The formulas for boxes,
 * segments and polygons are Inigo Quilez's ("2D distance functions"). For the ellipse it is his first-order estimate,
 * which is exact on the outline and never too long outside it; antialiasing and skipping need no more.
 */
import { at } from "../../../at.ts";

export type Point = readonly [x: number, y: number];

export interface Shape {
  distance(x: number, y: number): number;
  /** A box that contains the whole shape. */
  readonly bounds: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

/** Returns a disc around a point. */
export function circle(x: number, y: number, radius: number): Shape {
  return {
    distance: (px, py) => Math.sqrt((px - x) * (px - x) + (py - y) * (py - y)) - radius,
    bounds: { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius },
  };
}

/** Returns a filled ellipse around a point, with half axes along x and y. */
export function ellipse(x: number, y: number, rx: number, ry: number): Shape {
  return {
    distance(px, py) {
      const ux = (px - x) / rx, uy = (py - y) / ry;
      const norm = Math.sqrt(ux * ux + uy * uy);
      const slope = Math.sqrt((ux / rx) * (ux / rx) + (uy / ry) * (uy / ry));
      return slope > 0 ? (norm * (norm - 1)) / slope : -Math.min(rx, ry);
    },
    bounds: { left: x - rx, top: y - ry, right: x + rx, bottom: y + ry },
  };
}

/** Returns a box with these edges; the corners are rounded by `radius`. */
export function box(left: number, top: number, right: number, bottom: number, radius = 0): Shape {
  const x = (left + right) / 2, y = (top + bottom) / 2;
  const halfWidth = (right - left) / 2 - radius, halfHeight = (bottom - top) / 2 - radius;
  return {
    distance(px, py) {
      const dx = Math.abs(px - x) - halfWidth, dy = Math.abs(py - y) - halfHeight;
      const outX = Math.max(dx, 0), outY = Math.max(dy, 0);
      return Math.sqrt(outX * outX + outY * outY) + Math.min(Math.max(dx, dy), 0) - radius;
    },
    bounds: { left, top, right, bottom },
  };
}

/** Returns a stroke with round ends. */
export function stroke(from: Point, to: Point, radius: number): Shape {
  const [ax, ay] = from;
  const bx = to[0] - ax, by = to[1] - ay;
  const lengthSquared = bx * bx + by * by || 1;
  return {
    distance(px, py) {
      const dx = px - ax, dy = py - ay;
      const along = Math.min(1, Math.max(0, (dx * bx + dy * by) / lengthSquared));
      const ox = dx - along * bx, oy = dy - along * by;
      return Math.sqrt(ox * ox + oy * oy) - radius;
    },
    bounds: {
      left: Math.min(ax, to[0]) - radius,
      top: Math.min(ay, to[1]) - radius,
      right: Math.max(ax, to[0]) + radius,
      bottom: Math.max(ay, to[1]) + radius,
    },
  };
}

/** Returns a closed polygon, expanded by `radius` with round corners. */
export function polygon(points: readonly Point[], radius = 0): Shape {
  const flat = Float64Array.from(points.flat());
  const [lastX, lastY] = at(points, points.length - 1);
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  return {
    distance(px, py) {
      let nearest = Infinity, inside = false;
      let ax = lastX, ay = lastY;
      for (let i = 0; i < flat.length; i += 2) {
        const bx = flat[i] as number, by = flat[i + 1] as number;
        const ex = ax - bx, ey = ay - by, wx = px - bx, wy = py - by;
        const along = Math.min(1, Math.max(0, (wx * ex + wy * ey) / (ex * ex + ey * ey || 1)));
        const ox = wx - along * ex, oy = wy - along * ey;
        nearest = Math.min(nearest, ox * ox + oy * oy);
        if ((by > py) !== (ay > py) && px < (ex * wy) / ey + bx) inside = !inside;
        ax = bx;
        ay = by;
      }
      return (inside ? -Math.sqrt(nearest) : Math.sqrt(nearest)) - radius;
    },
    bounds: {
      left: Math.min(...xs) - radius,
      top: Math.min(...ys) - radius,
      right: Math.max(...xs) + radius,
      bottom: Math.max(...ys) + radius,
    },
  };
}

/** Returns the outline of a shape, `halfWidth` wide on either side. */
export function outline(shape: Shape, halfWidth: number): Shape {
  const { left, top, right, bottom } = shape.bounds;
  return {
    distance: (x, y) => Math.abs(shape.distance(x, y)) - halfWidth,
    bounds: { left: left - halfWidth, top: top - halfWidth, right: right + halfWidth, bottom: bottom + halfWidth },
  };
}

/** Returns the part of `shape` inside `mask`. */
export function within(shape: Shape, mask: Shape): Shape {
  return {
    distance(x, y) {
      const distance = shape.distance(x, y);
      // This far outside the shape, the mask can only increase the distance.
      return distance > 0.1 ? distance : Math.max(distance, mask.distance(x, y));
    },
    bounds: shape.bounds,
  };
}

/** Returns the part of `shape` outside `hole`. */
export function without(shape: Shape, hole: Shape): Shape {
  return { distance: (x, y) => Math.max(shape.distance(x, y), -hole.distance(x, y)), bounds: shape.bounds };
}

/** Chooses the fastest division of a call by measuring each. */
import { at } from "../../at.ts";
import type { CallShape, LaneImages, OpenedGraph } from "../../engine/base_graphs.ts";
import type { ImageKind } from "./base_graph.ts";

/** Calls are timed until this much time has passed, but at least `FEWEST_CALLS`. */
const MEASURED_MS = 100;
const FEWEST_CALLS = 2;

/**
 * Returns the division with which an image takes the least time. Divisions whose features have other bits than those of
 * the first one are left out, because the bits of a feature must not depend on what was faster. Only one graph is open
 * at a time.
 *
 * @param open opens the graph with a division
 * @param nowMs a monotonic clock
 */
export function fastestShape(
  shapes: readonly CallShape[],
  kind: ImageKind,
  open: (shape: CallShape) => OpenedGraph,
  nowMs: () => number = () => performance.now(),
): CallShape {
  if (shapes.length === 1) return at(shapes, 0);
  const measured = shapes.map((shape) => {
    const graph = open(shape);
    try {
      return { shape, ...measureCalls(graph, shape, kind, nowMs) };
    } finally {
      graph.dispose();
    }
  });
  const first = at(measured, 0);
  return measured.filter(({ row }) => isSame(row, first.row))
    .reduce((best, one) => one.msPerImage < best.msPerImage ? one : best, first).shape;
}

/** Returns the shortest time of a call per image, because other processes can only make a call slower, and a row. */
function measureCalls(
  graph: OpenedGraph,
  { batch, lanes }: CallShape,
  kind: ImageKind,
  nowMs: () => number,
): { readonly msPerImage: number; readonly row: Float32Array } {
  const images = Array.from({ length: lanes }, () => patternImages(batch, kind));
  // The first call sets up memory.
  const features = at(graph.run(images), 0);
  let shortestMs = Infinity;
  const beganMs = nowMs();
  for (let calls = 0; calls < FEWEST_CALLS || nowMs() - beganMs < MEASURED_MS; calls++) {
    const sinceMs = nowMs();
    graph.run(images);
    shortestMs = Math.min(shortestMs, nowMs() - sinceMs);
  }
  // The first image is the same in batches of all sizes.
  return { msPerImage: shortestMs / (batch * lanes), row: features.slice(0, features.length / batch) };
}

function isSame(row: Float32Array, other: Float32Array): boolean {
  return row.length === other.length && row.every((value, place) => Object.is(value, other[place]));
}

/** Black images would be too easy: products with zero and denormal numbers take other times than usual ones. */
function patternImages(count: number, { height, width, dtype }: ImageKind): LaneImages {
  const length = count * height * width * 3;
  return dtype === "uint8"
    ? Uint8Array.from({ length }, (_, place) => place % 251)
    : Float32Array.from({ length }, (_, place) => place % 251);
}

/** How a GPU divides a call of a base's graph. */
import type { CallShape } from "../base_graphs.ts";

/** The number of images of a call: all that the extractor reads at once, because a GPU computes them in parallel. */
const BATCH = 32;

/** Returns the only division. cuDNN chooses its algorithms by the number of images, and so the bits depend on it. */
export function cudaShapes(): readonly [CallShape] {
  return [{ batch: BATCH, lanes: 1 }];
}

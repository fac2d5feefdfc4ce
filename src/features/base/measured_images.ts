/** Images that every machine has: what a base is measured on where it must be the same whatever it is used for. */
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { openDemo } from "../../data/demo/demo.ts";

/** The first images of the demo set. */
export function measuredImages(count: number): Promise<ImageBatch> {
  return openDemo().train.read(0, count);
}

/** The images on which a base is measured. They are demo images, so the measurement is the same for all data. */
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { openDemo } from "../../data/demo/demo.ts";

/** Returns the first images of the demo set. */
export function measuredImages(count: number): Promise<ImageBatch> {
  return openDemo().train.read(0, count);
}

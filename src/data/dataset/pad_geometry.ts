/** Where tf.image.resize_with_pad puts an image: the largest copy that fits a square, black around it. */
import { HeadlightError } from "../../errors.ts";
import type { Dataset } from "./dataset.ts";

/** Where the resized image lies inside the target × target square, in pixels. */
export interface PadGeometry {
  readonly contentHeight: number;
  readonly contentWidth: number;
  readonly top: number;
  readonly left: number;
}

/**
 * The geometry of TensorFlow's `_resize_image_with_pad_common`. Every step is rounded to float32, as there: 384×512 at
 * 224 gives 168×223, where exact arithmetic would give 168×224. An image so thin that no pixel is left of it is an
 * error, as it is in TensorFlow.
 */
export function padGeometry(height: number, width: number, target: number): PadGeometry {
  const ratio = Math.max(Math.fround(width / target), Math.fround(height / target));
  const [floatHeight, floatWidth] = [Math.fround(height / ratio), Math.fround(width / ratio)];
  const [contentHeight, contentWidth] = [Math.floor(floatHeight), Math.floor(floatWidth)];
  if (contentHeight < 1 || contentWidth < 1) {
    throw new HeadlightError(
      `an image of ${height}×${width} pixels (height × width) leaves nothing at size ${target}: ` +
        "leave it out, crop it, or take a larger --size",
    );
  }
  return { contentHeight, contentWidth, top: offset(target, floatHeight), left: offset(target, floatWidth) };
}

/**
 * Looks at the one size that all images of a data set have, if they do.
 * @throws HeadlightError (2) where they are so thin that nothing would be left of them.
 */
export function checkImageSize(dataset: Pick<Dataset, "name" | "height" | "width">, target: number): void {
  const { name, height, width } = dataset;
  if (height === null || width === null) return;
  try {
    padGeometry(height, width, target);
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const line = `${name}: its images of ${height}×${width} pixels (height × width) leave nothing at size ${target}: ` +
      "crop them, or take a larger --size";
    throw new HeadlightError(line, 2, { cause: error });
  }
}

/** Half of what is left over; from the unfloored size, as TensorFlow has it. */
function offset(target: number, floatSize: number): number {
  return Math.max(0, Math.floor(Math.fround(Math.fround(target - floatSize) / 2)));
}

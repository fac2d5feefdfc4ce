/** The geometry of tf.image.resize_with_pad: the largest copy of an image that fits in a square, with black padding. */
import { HeadlightError } from "../../errors.ts";
import type { Dataset } from "./dataset.ts";

/** The position and size of the resized image in the target × target square, in pixels. */
export interface PadGeometry {
  readonly contentHeight: number;
  readonly contentWidth: number;
  readonly top: number;
  readonly left: number;
}

/**
 * Computes the geometry of TensorFlow's `_resize_image_with_pad_common`. Rounds every step to float32 as TensorFlow
 * does: 384×512 at 224 gives 168×223, where exact arithmetic would give 168×224.
 * @throws HeadlightError (2) if the image is so thin that no pixel of it remains; TensorFlow reports an error too
 */
export function padGeometry(height: number, width: number, target: number): PadGeometry {
  const ratio = Math.max(Math.fround(width / target), Math.fround(height / target));
  const [floatHeight, floatWidth] = [Math.fround(height / ratio), Math.fround(width / ratio)];
  const [contentHeight, contentWidth] = [Math.floor(floatHeight), Math.floor(floatWidth)];
  if (contentHeight < 1 || contentWidth < 1) {
    throw new HeadlightError(
      `an image of ${height}×${width} pixels (height × width) would have no pixels left at size ${target}. ` +
        "Remove it, crop it, or use a larger --size",
    );
  }
  return { contentHeight, contentWidth, top: offset(target, floatHeight), left: offset(target, floatWidth) };
}

/**
 * Checks the size of the images if all of them have the same one.
 * @throws HeadlightError (2) if they are so thin that no pixel of them would remain
 */
export function checkImageSize(dataset: Pick<Dataset, "name" | "height" | "width">, target: number): void {
  const { name, height, width } = dataset;
  if (height === null || width === null) return;
  try {
    padGeometry(height, width, target);
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const line =
      `${name}: its images of ${height}×${width} pixels (height × width) would have no pixels left at size ${target}. ` +
      "Crop them, or use a larger --size";
    throw new HeadlightError(line, 2, { cause: error });
  }
}

/** Returns half of the remaining space, computed from the unrounded size as in TensorFlow. */
function offset(target: number, floatSize: number): number {
  return Math.max(0, Math.floor(Math.fround(Math.fround(target - floatSize) / 2)));
}

/** The geometry of tf.image.resize_with_pad: the largest copy of an image that fits in a square, with black padding. */
import { LARGEST_SIZE } from "../../config.ts";
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
  const [floatHeight, floatWidth] = contentSize(height, width, target);
  const [contentHeight, contentWidth] = [Math.floor(floatHeight), Math.floor(floatWidth)];
  if (contentHeight < 1 || contentWidth < 1) {
    // Whoever predicts with a run cannot choose the size, and no size suffices for every image.
    throw new HeadlightError(
      `an image of ${height}×${width} pixels (height × width) would have no pixels left at size ${target}. ` +
        `Crop its longer side to at most ${target} times the shorter one`,
    );
  }
  return { contentHeight, contentWidth, top: offset(target, floatHeight), left: offset(target, floatWidth) };
}

/** Returns the height and width of the copy that fits, before they are rounded down to whole pixels. */
function contentSize(height: number, width: number, target: number): readonly [number, number] {
  const ratio = Math.max(Math.fround(width / target), Math.fround(height / target));
  return [Math.fround(height / ratio), Math.fround(width / ratio)];
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
    const smallest = smallestSize(height, width);
    const line =
      `${name}: its images of ${height}×${width} pixels (height × width) would have no pixels left at size ${target}. ` +
      (smallest > LARGEST_SIZE
        ? `Crop them: the largest --size is ${LARGEST_SIZE}`
        : `Crop them, or use --size ${smallest}`);
    throw new HeadlightError(line, 2, { cause: error });
  }
}

/** Returns the smallest size at which pixels of such an image are left. */
function smallestSize(height: number, width: number): number {
  let size = Math.ceil(Math.max(height, width) / Math.min(height, width));
  // Rounding to float32 may leave a little less than a pixel.
  while (Math.min(...contentSize(height, width, size)) < 1) size++;
  return size;
}

/** Returns half of the remaining space, computed from the unrounded size as in TensorFlow. */
function offset(target: number, floatSize: number): number {
  return Math.max(0, Math.floor(Math.fround(Math.fround(target - floatSize) / 2)));
}

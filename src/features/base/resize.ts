/**
 * tf.image.resize_with_pad in tfjs, exact to the pixel: the largest copy of an image that fits in a square, with black
 * padding.
 */
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../engine/engine.ts";
import { padGeometry } from "../../data/dataset/pad_geometry.ts";

/**
 * Resizes n×h×w×c float32 images to n×target×target×c: bilinear, half-pixel centres, no antialiasing, zero padding. The
 * caller disposes the result.
 */
export function resizeWithPad(tf: Tf, images: Tensor4D, target: number): Tensor4D {
  const [, height, width] = images.shape;
  const { contentHeight, contentWidth, top, left } = padGeometry(height, width, target);
  return tf.tidy(() => {
    // TensorFlow's half-pixel kernel: alignCorners off, halfPixelCenters on.
    const resized = tf.image.resizeBilinear(images, [contentHeight, contentWidth], false, true);
    return resized.pad([[0, 0], [top, target - contentHeight - top], [left, target - contentWidth - left], [0, 0]]);
  });
}

/**
 * tf.image.resize_with_pad for one image, without TensorFlow, so that it can run in parallel with the network.
 * Bilinear, half-pixel centres, no antialiasing, zero padding.
 */
import sharp from "sharp";
import { padGeometry } from "../dataset/pad_geometry.ts";
import type { Image } from "./decoders/image.ts";

/** For each output position, the two source positions and the weight of the second one, computed as in TensorFlow. */
interface Taps {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly share: Float32Array;
}

/**
 * Computes the taps as compute_interpolation_weights in TensorFlow's resize_bilinear_op.cc does with HalfPixelScaler,
 * all in float32.
 */
function taps(outputs: number, inputs: number): Taps {
  const scale = Math.fround(inputs / outputs);
  const lower = new Int32Array(outputs);
  const upper = new Int32Array(outputs);
  const share = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const at = Math.fround(Math.fround(Math.fround(output + 0.5) * scale) - 0.5);
    const floor = Math.floor(at);
    lower[output] = Math.max(floor, 0);
    upper[output] = Math.min(Math.ceil(at), inputs - 1);
    share[output] = at - floor;
  }
  return { lower, upper, share };
}

/**
 * Writes the image, resized and padded to size × size × 3 (float32, 0…255), to the start of `into`, which must contain
 * zeros.
 * @throws HeadlightError if the image is so thin that no pixel of it remains; RangeError if `image.pixels` or `into`
 * has the wrong length
 */
export function resizeInto(into: Float32Array, image: Image, size: number): void {
  const { width, height, pixels } = image;
  if (pixels.length !== height * width * 3 || into.length < size * size * 3) {
    throw new RangeError(`${pixels.length} values of ${height}×${width}×3 into ${into.length} of ${size}×${size}×3`);
  }
  const { contentHeight, contentWidth, top, left } = padGeometry(height, width, size);
  // The indices are within the checked length; checking each value would take ten times as long.
  const rows = taps(contentHeight, height);
  const columns = taps(contentWidth, width);
  for (let y = 0; y < contentHeight; y++) {
    const above = (rows.lower[y] as number) * width;
    const below = (rows.upper[y] as number) * width;
    const down = rows.share[y] as number;
    let to = ((top + y) * size + left) * 3;
    for (let x = 0; x < contentWidth; x++) {
      const near = columns.lower[x] as number;
      const far = columns.upper[x] as number;
      const right = columns.share[x] as number;
      for (let channel = 0; channel < 3; channel++) {
        const topLeft = pixels[(above + near) * 3 + channel] as number;
        const topRight = pixels[(above + far) * 3 + channel] as number;
        const bottomLeft = pixels[(below + near) * 3 + channel] as number;
        const bottomRight = pixels[(below + far) * 3 + channel] as number;
        const upper = Math.fround(topLeft + Math.fround((topRight - topLeft) * right));
        const lower = Math.fround(bottomLeft + Math.fround((bottomRight - bottomLeft) * right));
        into[to++] = upper + Math.fround(Math.fround(lower - upper) * down);
      }
    }
  }
}

/**
 * Does the same as `resizeInto` with antialiasing, so that every pixel of a large image contributes. Uses libvips's
 * linear kernel; values are rounded to bytes.
 */
export async function resizeAntialiasedInto(into: Float32Array, image: Image, size: number): Promise<void> {
  const { width, height, pixels } = image;
  const { contentHeight, contentWidth, top, left } = padGeometry(height, width, size);
  const content = await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize({ width: contentWidth, height: contentHeight, fit: "fill", kernel: "linear" }).raw().toBuffer();
  for (let y = 0; y < contentHeight; y++) {
    const row = content.subarray(y * contentWidth * 3, (y + 1) * contentWidth * 3);
    into.set(row, ((top + y) * size + left) * 3);
  }
}

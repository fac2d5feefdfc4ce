/** The decoded image and its maximum size. */
import { count } from "../../../counted.ts";

/** A decoded image. `pixels` is row-major height × width × 3, 0…255. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** An image that cannot be used. `message` tells the person why. */
export class BrokenImageError extends Error {}

/** An image that has more pixels than the limit. */
export class TooManyPixelsError extends BrokenImageError {}

/**
 * The maximum number of pixels, the same as sharp's default: 0x3FFF × 0x3FFF, which take 805 MB. No phone takes larger
 * images.
 */
export const MOST_PIXELS = 268_402_689;

/**
 * Checks the size in a file's header, before memory is allocated for its pixels.
 * @throws BrokenImageError if the image has no pixels; TooManyPixelsError if it has more than `most`
 */
export function checkSize(format: string, width: number, height: number, most: number): void {
  const size = `${format.toUpperCase()}: ${width} × ${height} pixels (width × height)`;
  if (width < 1 || height < 1) throw new BrokenImageError(`${size} are not an image`);
  if (width * height > most) {
    throw new TooManyPixelsError(`${size} are more than the limit of ${count(most)} pixels. Make the image smaller`);
  }
}

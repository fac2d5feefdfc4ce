/** A decoded image, and how large one may be. */

/** Row-major height × width × 3, 0…255. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** An image that cannot be used. `message` says why, for the person. */
export class BrokenImageError extends Error {}

/** The same as sharp's default, 0x3FFF × 0x3FFF: 805 MB of pixels. No phone makes larger images. */
export const MOST_PIXELS = 268_402_689;

/**
 * Checks the size that a file claims, before memory is taken for its pixels.
 * @throws BrokenImageError where the image has no pixels, or too many
 */
export function checkSize(format: string, width: number, height: number): void {
  const size = `${format.toUpperCase()}: ${width} × ${height} pixels (width × height)`;
  if (width < 1 || height < 1) throw new BrokenImageError(`${size} are no image`);
  if (width * height > MOST_PIXELS) {
    throw new BrokenImageError(
      `${size} are more than the limit of ${MOST_PIXELS.toLocaleString("en")} pixels. Make the image smaller`,
    );
  }
}

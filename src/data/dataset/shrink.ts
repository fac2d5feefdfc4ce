/** Shrinks images for display and for events. Pure. */

/** An image, row-major height×width×3 (red, green, blue), 0…255. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: ArrayLike<number>;
}

/** An image whose pixels are bytes. */
export interface ByteImage extends Image {
  readonly pixels: Uint8Array;
}

/**
 * Returns the image scaled down so that neither side is longer than `side`. Keeps the proportions and never enlarges.
 * Each new pixel is the area-weighted mean of the pixels it covers: nearest-neighbour sampling would show noise, and
 * bilinear sampling would skip most of a photo. Values outside 0…255 are clamped.
 * @throws RangeError if there are not height × width × 3 values
 */
export function shrink({ width, height, pixels }: Image, side: number): ByteImage {
  if (pixels.length !== height * width * 3) {
    throw new RangeError(`${pixels.length} values are not an image of ${height}×${width}×3`);
  }
  const factor = Math.min(1, side / Math.max(width, height));
  const columns = spans(width, Math.max(1, Math.round(width * factor)));
  const rows = spans(height, Math.max(1, Math.round(height * factor)));
  const small = new Uint8Array(rows.length * columns.length * 3);
  let place = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (const [y, rowShare] of row) {
          for (const [x, columnShare] of column) {
            // The index is within the checked length; a check for each value would take ten times as long.
            sum += (pixels[(y * width + x) * 3 + channel] as number) * rowShare * columnShare;
          }
        }
        small[place++] = Math.round(Math.min(255, Math.max(0, sum)));
      }
    }
  }
  return { width: columns.length, height: rows.length, pixels: small };
}

/**
 * Divides an axis of `from` pixels into `to` equal pieces. Returns for each piece the pixels it covers and their
 * shares, which sum to 1.
 */
function spans(from: number, to: number): [pixel: number, share: number][][] {
  const length = from / to;
  return Array.from({ length: to }, (_, piece) => {
    const [start, end] = [piece * length, (piece + 1) * length];
    const covered: [number, number][] = [];
    for (let pixel = Math.floor(start); pixel < Math.min(from, end); pixel++) {
      const share = (Math.min(end, pixel + 1) - Math.max(start, pixel)) / length;
      if (share > 0) covered.push([pixel, share]);
    }
    return covered;
  });
}

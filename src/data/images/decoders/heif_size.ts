/** Checks the image sizes in a HEIF container without decoding it. */
import { checkSize } from "./image.ts";

/** The number of bytes that are searched for headers. They come first, and take 20 KB in photos with many tiles. */
const HEADER_BYTES = 262_144;

const [I, S, P, E] = [0x69, 0x73, 0x70, 0x65];

/**
 * Checks every `ispe` box, which contains an image's size. Without this check, GLib would print a line for sizes that
 * are too large for libvips.
 * @throws TooManyPixelsError if an image has more than `most` pixels
 */
export function checkHeifSizes(format: string, bytes: Uint8Array, most: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(bytes.length, HEADER_BYTES) - 16;
  for (let at = bytes.indexOf(I); at >= 0 && at <= end; at = bytes.indexOf(I, at + 1)) {
    // The name must be followed by a version and flags that are all zero, so that image data is not mistaken for a box.
    if (bytes[at + 1] !== S || bytes[at + 2] !== P || bytes[at + 3] !== E || view.getUint32(at + 4) !== 0) continue;
    checkSize(format, view.getUint32(at + 8), view.getUint32(at + 12), most);
  }
}

/** The sizes that a HEIF container claims, read without a decoder. */
import { checkSize } from "./image.ts";

/** How far into a file its headers reach: they come first, and photos with many tiles have 20 KB of them. */
const HEADER_BYTES = 262_144;

const [I, S, P, E] = [0x69, 0x73, 0x70, 0x65];

/**
 * Checks every `ispe` box, which holds an image's size. GLib would print a line for sizes that libvips has no room for.
 * @throws BrokenImageError where an image is too large
 */
export function checkHeifSizes(format: string, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(bytes.length, HEADER_BYTES) - 16;
  for (let at = bytes.indexOf(I); at >= 0 && at <= end; at = bytes.indexOf(I, at + 1)) {
    // Its name is followed by a version and flags, which are zero, so image data does not look like one.
    if (bytes[at + 1] !== S || bytes[at + 2] !== P || bytes[at + 3] !== E || view.getUint32(at + 4) !== 0) continue;
    checkSize(format, view.getUint32(at + 8), view.getUint32(at + 12));
  }
}

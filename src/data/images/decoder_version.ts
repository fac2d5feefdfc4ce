/** Kept apart from the decoders themselves: code that only needs a key must not load them. */
import type { ImageFormat } from "./format.ts";

/**
 * Of what sharp decodes. It names the library that decoded BMP files when this text was first used, because features of
 * JPEG and PNG files that are in people's caches are found under it.
 */
const SHARP = "1: sharp 0.35.5, bmp-ts 1.0.9";

/** Formats that sharp does not decode. */
const OWN = { bmp: "bmp 1", heic: "libheif-js 1.23.2" } as const;
export type OwnFormat = keyof typeof OWN;

/** Returns whether a format has a decoder, and so a version, of its own. */
export function isOwnFormat(format: string | null | undefined): format is OwnFormat {
  return typeof format === "string" && Object.hasOwn(OWN, format);
}

/**
 * Returns the part of feature keys that says which code decoded a file. Change the text with any change to the pixels
 * that come out of a file of that format, by this code or by another version of a library in deno.json.
 */
export function decoderVersion(format: ImageFormat | null): string {
  return isOwnFormat(format) ? OWN[format] : SHARP;
}

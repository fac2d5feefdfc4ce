/**
 * Versions of the image decoders. In a file of their own, so that code that computes keys does not load the decoders.
 */
import type { ImageFormat } from "./format.ts";

/**
 * The version for formats that sharp alone decodes. Keep bmp-ts in this text although sharp decodes without it:
 * features of JPEG and PNG files in existing caches are stored under exactly this text.
 */
const SHARP = "1: sharp 0.35.5, bmp-ts 1.0.9";

/**
 * The versions of formats that have their own: those that sharp does not decode, and CMYK JPEGs. Sharp decodes these
 * too, but Headlight converts their colors. With a version of their own, other JPEGs keep the features in existing
 * caches.
 */
const OWN = { bmp: "bmp 1", heic: "libheif-js 1.23.2", cmyk: `${SHARP}, CMYK as TensorFlow` } as const;
export type OwnFormat = keyof typeof OWN;

/** Returns whether a format has its own version. */
export function isOwnFormat(format: string | null | undefined): format is OwnFormat {
  return typeof format === "string" && Object.hasOwn(OWN, format);
}

/**
 * Returns the part of a feature key that identifies the decoder. Change the version with every change to the decoded
 * pixels of that format, whether in this code or through another version of a library in deno.json.
 */
export function decoderVersion(format: ImageFormat | OwnFormat | null): string {
  return isOwnFormat(format) ? OWN[format] : SHARP;
}

/**
 * Detects the format of an image file from its first bytes. File name extensions can be wrong, and a decoder must not
 * be given a file of another format.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { isSystemError } from "../../files/system_error.ts";
import { startsAsBmp } from "./decoders/bmp_header.ts";

export type ImageFormat = "jpeg" | "png" | "gif" | "webp" | "tiff" | "avif" | "heic" | "bmp";

/** The file name extensions of these formats, including those that browsers and phones use for JPEG and HEIF. */
const IMAGE_NAME = /\.(?:jpe?g|jpe|jfif|pjpeg|pjp|png|gif|webp|tiff?|avif|heic|heif|hif|bmp|dib)$/i;

/** The names of the formats for messages. */
export const FORMAT_NAMES = "JPEG, PNG, GIF, WebP, TIFF, AVIF, HEIC or BMP";

/** Returns whether a file's name is that of an image. `formatOf` tells the actual format. */
export function isImageName(name: string): boolean {
  return IMAGE_NAME.test(name);
}

/**
 * Returns whether a file counts as an image: by its extension or, if its name has none, by its first bytes. Returns
 * false for a file that cannot be read or is not a regular file.
 */
export function isImageFile(path: string): boolean {
  return isImageName(path) || (!hasExtension(path) && beginsLikeImage(path));
}

/** Returns whether a file's first bytes are those of an image, whatever its name. */
export function beginsLikeImage(path: string): boolean {
  return formatOf(firstBytes(path)) !== null;
}

/** Returns whether a name has a file name extension. */
function hasExtension(path: string): boolean {
  return extname(path).length > 1;
}

/** The maximum number of bytes that `formatOf` reads: enough for the brands of a HEIF file. */
export const FIRST_BYTES = 256;

function firstBytes(path: string): Uint8Array {
  const bytes = new Uint8Array(FIRST_BYTES);
  try {
    // Opening a named pipe could block for ever.
    if (!statSync(path).isFile()) return new Uint8Array();
    const file = openSync(path, "r");
    try {
      return bytes.subarray(0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isSystemError(error)) return new Uint8Array();
    throw error;
  }
}

/** The formats' signatures: offsets and the bytes there, in Latin-1. */
const SIGNATURES: readonly (readonly [ImageFormat, readonly (readonly [number, string])[]])[] = [
  ["jpeg", [[0, "\xff\xd8\xff"]]],
  ["png", [[0, "\x89PNG\r\n\x1a\n"]]],
  ["gif", [[0, "GIF8"]]],
  ["webp", [[0, "RIFF"], [8, "WEBP"]]],
  ["tiff", [[0, "II*\0"]]],
  ["tiff", [[0, "MM\0*"]]],
  // BigTIFF.
  ["tiff", [[0, "II+\0"]]],
  ["tiff", [[0, "MM\0+"]]],
];

/** Returns the format of a file that starts with these bytes, or null if it is none of the known formats. */
export function formatOf(bytes: Uint8Array): ImageFormat | null {
  const found = SIGNATURES.find(([, parts]) => parts.every(([at, text]) => latin1(bytes, at, text.length) === text));
  if (found) return found[0];
  return startsAsBmp(bytes) ? "bmp" : heifFormat(bytes);
}

const AVIF_BRANDS = ["avif", "avis"];
const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"];
/** Brands that do not tell the image's compression. */
const HEIF_BRANDS = ["mif1", "mif2", "msf1"];

/**
 * Returns the format of a HEIF file, or null. HEIF is a container like MP4 and QuickTime; the brands in its first box
 * say what it contains.
 */
function heifFormat(bytes: Uint8Array): "avif" | "heic" | null {
  if (bytes.length < 16 || latin1(bytes, 4, 4) !== "ftyp") return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands = [latin1(bytes, 8, 4)];
  for (let at = 16; at + 4 <= Math.min(length, bytes.length, FIRST_BYTES); at += 4) brands.push(latin1(bytes, at, 4));
  const has = (wanted: readonly string[]) => brands.some((brand) => wanted.includes(brand));
  // The first brand decides, because a video may list an image brand among its compatible brands.
  const [first = ""] = brands;
  if (AVIF_BRANDS.includes(first)) return "avif";
  if (HEIC_BRANDS.includes(first)) return "heic";
  if (!HEIF_BRANDS.includes(first)) return null;
  return has(AVIF_BRANDS) && !has(HEIC_BRANDS) ? "avif" : "heic";
}

function latin1(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

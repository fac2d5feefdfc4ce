/**
 * Which format an image file has, by its first bytes. File name extensions can be wrong, and a decoder must not be given
 * anything else.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { isSystemError } from "../../files/system_error.ts";
import { startsAsBmp } from "./decoders/bmp_header.ts";

export type ImageFormat = "jpeg" | "png" | "gif" | "webp" | "tiff" | "avif" | "heic" | "bmp";

/** File name extensions of the formats, among them those that browsers and phones give to JPEG and HEIF. */
const IMAGE_NAME = /\.(?:jpe?g|jpe|jfif|pjpeg|pjp|png|gif|webp|tiff?|avif|heic|heif|hif|bmp|dib)$/i;

/** What the formats are called in messages. */
export const FORMAT_NAMES = "JPEG, PNG, GIF, WebP, TIFF, AVIF, HEIC or BMP";

/** Returns whether a file is taken for an image by its name. `formatOf` tells what it is. */
export function isImageName(name: string): boolean {
  return IMAGE_NAME.test(name);
}

/**
 * Returns whether a file is taken for an image: by its name, or by its first bytes if the name has no extension.
 * A file that cannot be read, or is no regular file, is not.
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

/** How many bytes `formatOf` looks at, at most: enough for the brands of a HEIF file. */
export const FIRST_BYTES = 256;

function firstBytes(path: string): Uint8Array {
  const bytes = new Uint8Array(FIRST_BYTES);
  try {
    // Opening a named pipe would wait for its writer.
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

/** Positions and the bytes that are there, in Latin-1. */
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

/** Returns the format, or null if the bytes have none of them. */
export function formatOf(bytes: Uint8Array): ImageFormat | null {
  const found = SIGNATURES.find(([, parts]) => parts.every(([at, text]) => latin1(bytes, at, text.length) === text));
  if (found) return found[0];
  return startsAsBmp(bytes) ? "bmp" : heifFormat(bytes);
}

const AVIF_BRANDS = ["avif", "avis"];
const HEIC_BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"];
/** Any image in HEIF's container. */
const HEIF_BRANDS = ["mif1", "mif2", "msf1"];

/** HEIF is a container, as are MP4 and QuickTime. The brands in its first box say what is inside. */
function heifFormat(bytes: Uint8Array): "avif" | "heic" | null {
  if (bytes.length < 16 || latin1(bytes, 4, 4) !== "ftyp") return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands = [latin1(bytes, 8, 4)];
  for (let at = 16; at + 4 <= Math.min(length, bytes.length, FIRST_BYTES); at += 4) brands.push(latin1(bytes, at, 4));
  const has = (wanted: readonly string[]) => brands.some((brand) => wanted.includes(brand));
  // The first brand decides: a phone's video may name an image's brand among those that it is compatible with.
  const [first = ""] = brands;
  if (AVIF_BRANDS.includes(first)) return "avif";
  if (HEIC_BRANDS.includes(first)) return "heic";
  if (!HEIF_BRANDS.includes(first)) return null;
  return has(AVIF_BRANDS) && !has(HEIC_BRANDS) ? "avif" : "heic";
}

function latin1(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

/** Which kind of picture a file is, by its first bytes: endings lie, and a decoder is not to be offered anything else. */

export type PictureFormat = "jpeg" | "png" | "gif" | "webp" | "bmp";

/** Endings of files that are taken for pictures, as Keras's image_dataset_from_directory has them, and .webp. */
const PICTURE_NAME = /\.(?:jpe?g|png|gif|webp|bmp)$/i;

/** Whether a file is taken for a picture by its name; what it is, `formatOf` tells. */
export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}

/** Where bytes stand, and which, in Latin-1. */
const SIGNATURES: readonly (readonly [PictureFormat, readonly (readonly [number, string])[]])[] = [
  ["jpeg", [[0, "\xff\xd8\xff"]]],
  ["png", [[0, "\x89PNG\r\n\x1a\n"]]],
  ["gif", [[0, "GIF8"]]],
  ["webp", [[0, "RIFF"], [8, "WEBP"]]],
  ["bmp", [[0, "BM"]]],
];

/** The format, or null where the bytes are none of them. */
export function formatOf(bytes: Uint8Array): PictureFormat | null {
  const stands = ([at, text]: readonly [number, string]) =>
    [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0));
  return SIGNATURES.find(([, parts]) => parts.every(stands))?.[0] ?? null;
}

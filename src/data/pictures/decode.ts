/** One encoded picture, to 8-bit RGB. */
import { Buffer } from "node:buffer";
import { decode as decodeBmp } from "bmp-ts";
import sharp from "sharp";
import { formatOf } from "./format.ts";

/** Row-major height × width × 3, 0…255. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A picture that cannot be used; `message` says why, for the person. */
export class BrokenPictureError extends Error {}

/** As sharp's own default: 0x3FFF × 0x3FFF. Larger ones are an attack or a mistake. */
const MOST_PIXELS = 268_402_689;

// What is decoded once is not needed again: a cache would only grow.
sharp.cache(false);
// Several pictures are decoded at once; threads within one would be in each other's way.
sharp.concurrency(1);

/**
 * Decodes a JPEG, PNG, GIF, WebP or BMP, whatever its name. The first frame of an animation; turned as its EXIF
 * orientation says; grey and palettes become RGB, CMYK is converted, alpha is dropped and a colour profile ignored, as
 * Keras's loaders do; 16 bits a channel become 8.
 *
 * @throws BrokenPictureError where it is none of these, is cut short or damaged, or has too many pixels.
 */
export async function decodePicture(bytes: Uint8Array): Promise<Picture> {
  const format = formatOf(bytes);
  if (format === null) {
    throw new BrokenPictureError(
      bytes.length === 0 ? "the file is empty" : "it is no JPEG, PNG, GIF, WebP or BMP, whatever its name says",
    );
  }
  try {
    return format === "bmp" ? bmp(bytes) : await other(bytes);
  } catch (error) {
    if (error instanceof BrokenPictureError) throw error;
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new BrokenPictureError(`${format.toUpperCase()}: ${reason}`);
  }
}

async function other(bytes: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: MOST_PIXELS, ignoreIcc: true })
    .autoOrient().removeAlpha().toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3) throw new BrokenPictureError(`it decodes to ${channels} channels instead of 3`);
  return { width, height, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** libvips as sharp ships it reads no BMP. */
function bmp(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw new BrokenPictureError("BMP: the header is cut short");
  const claimed = Math.abs(view.getInt32(18, true)) * Math.abs(view.getInt32(22, true));
  // Before the decoder makes room for it.
  if (claimed > MOST_PIXELS) throw new BrokenPictureError(`BMP: ${claimed} pixels are more than ${MOST_PIXELS}`);
  const { width, height, data } = decodeBmp(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    toRGBA: true,
  });
  const pixels = new Uint8Array(width * height * 3);
  if (pixels.length === 0 || data.length < width * height * 4) throw new BrokenPictureError("BMP: it is cut short");
  // Within the length that was checked: a check for each value would take ten times as long.
  for (let from = 0, to = 0; to < pixels.length; from += 4) {
    pixels[to++] = data[from] as number;
    pixels[to++] = data[from + 1] as number;
    pixels[to++] = data[from + 2] as number;
  }
  return { width, height, pixels };
}

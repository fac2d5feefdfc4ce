/** Decodes one image file to 8-bit RGB. */
import sharp from "sharp";
import { decodeBmp } from "./decoders/decode_bmp.ts";
import { FORMAT_NAMES, formatOf, type ImageFormat } from "./format.ts";
import { decodeHeic } from "./decoders/decode_heic.ts";
import { cmykIn, type CmykStorage } from "./decoders/jpeg_header.ts";
import { checkHeifSizes } from "./decoders/heif_size.ts";
import { isRawPhoto } from "./decoders/raw_photo.ts";
import { BrokenImageError, checkSize, type Image, MOST_PIXELS } from "./decoders/image.ts";

// No image is decoded twice in a process, so a cache would only grow.
sharp.cache(false);
// Several images are decoded at once; more threads per image would compete with each other.
sharp.concurrency(1);

/**
 * Decodes a JPEG, PNG, GIF, WebP, TIFF, AVIF, HEIC or BMP file, whatever its name. Takes the first frame of an
 * animation and the first page of a TIFF. Rotates as the EXIF orientation says (HEIC and AVIF: as the container says).
 * As Keras's loaders do, converts grey, palette and CMYK images to RGB, drops alpha and ignores the color profile.
 * Apart from the rotation, PNGs have exactly the pixels of tf.io.decode_png, and CMYK JPEGs those of tf.io.decode_jpeg
 * with dct_method="INTEGER_ACCURATE". Reduces 16 bits per channel to 8. Checks the size in the header before allocating
 * memory for the pixels.
 *
 * @throws BrokenImageError if the file has none of these formats, or is truncated or damaged; TooManyPixelsError,
 * before memory is allocated, if it has more than `most` pixels
 */
export async function decodeImage(bytes: Uint8Array, most: number = MOST_PIXELS): Promise<Image> {
  const format = formatOf(bytes);
  if (format === null) {
    throw new BrokenImageError(
      bytes.length === 0 ? "the file is empty" : `it is not a ${FORMAT_NAMES} file, whatever its name says`,
    );
  }
  try {
    switch (format) {
      case "bmp":
        return decodeBmp(bytes, most);
      case "heic":
        return await decodeHeic(bytes, most);
      case "avif":
        checkHeifSizes("avif", bytes, most);
        return await decodeWithSharp(bytes, most);
      case "tiff":
        await checkTiff(bytes, most);
        return await decodeWithSharp(bytes, most);
      case "jpeg": {
        const cmyk = cmykIn(bytes);
        return cmyk === null ? await decodeWithSharp(bytes, most) : await decodeCmyk(bytes, cmyk, most);
      }
      default:
        return await decodeWithSharp(bytes, most);
    }
  } catch (error) {
    if (error instanceof BrokenImageError) throw error;
    // libvips reports that there are too many pixels, but not how many.
    if (isTooLarge(error)) await checkClaimedSize(format, bytes, most);
    throw new BrokenImageError(`${format.toUpperCase()}: ${reasonOf(error, format)}`);
  }
}

async function decodeWithSharp(bytes: Uint8Array, most: number): Promise<Image> {
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: most, ignoreIcc: true })
    .autoOrient().removeAlpha().toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3) throw new BrokenImageError(`it decodes to ${channels} channels instead of 3`);
  return { width, height, pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * Decodes a CMYK JPEG as tf.io.decode_jpeg does with channels=3 and dct_method="INTEGER_ACCURATE": color times black,
 * rounded down. libvips would use a profile of a printer instead, by which colors differ by a tenth of their range.
 */
async function decodeCmyk(bytes: Uint8Array, storage: CmykStorage, most: number): Promise<Image> {
  const { data, info } = await sharp(bytes, { failOn: "error", limitInputPixels: most, ignoreIcc: true })
    .autoOrient().pipelineColourspace("cmyk").toColourspace("cmyk").raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 4) throw new BrokenImageError(`it decodes to ${channels} channels instead of 4`);
  // libvips inverts the channels of every CMYK JPEG.
  const flip = storage === "inverted" ? 255 : 0;
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4) {
    const black = (data[from + 3] ?? 0) ^ flip;
    for (let channel = 0; channel < 3; channel++) {
      pixels[to++] = Math.floor(((data[from + channel] ?? 0) ^ flip) * black / 255);
    }
  }
  return { width, height, pixels };
}

/**
 * Checks that a TIFF contains the photo itself and has samples with a known white level. The first page of a raw photo
 * is its thumbnail. Samples other than bytes and 16-bit integers have no fixed white level, and libvips would clip them
 * to 0…255: floats up to 1 would become a black image, and 32-bit integers a white one.
 *
 * @throws BrokenImageError
 */
async function checkTiff(bytes: Uint8Array, most: number): Promise<void> {
  if (isRawPhoto(bytes)) {
    throw new BrokenImageError("TIFF: it is a raw photo, of which only a thumbnail can be read. Export it as JPEG");
  }
  const { depth } = await sharp(bytes, { failOn: "error", limitInputPixels: most }).metadata();
  if (depth === "uchar" || depth === "ushort") return;
  throw new BrokenImageError(`TIFF: samples of type ${depth} are not supported. Save it with 8 bits per channel`);
}

/**
 * Returns why an image cannot be decoded, the same text whenever it is tried. libvips keeps the reason in one buffer
 * for all threads, so beside other images it can be another one's, or "Unknown error". That is why its reason is not
 * used.
 */
function reasonOf(error: unknown, format: ImageFormat): string {
  if (format !== "bmp" && format !== "heic") return "damaged, cut short or of a kind that is not supported";
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return reason;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && error.message.includes("exceeds pixel limit");
}

/** Reads only the header. @throws BrokenImageError with the image's size, if it is too large */
async function checkClaimedSize(format: string, bytes: Uint8Array, most: number): Promise<void> {
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  checkSize(format, width, height, most);
}

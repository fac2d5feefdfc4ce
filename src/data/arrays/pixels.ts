/** Images in a .npy file: checks their shape and values, and reads ranges of them. */
import { at } from "../../at.ts";
import { HeadlightError } from "../../errors.ts";
import type { ImageBatch } from "../dataset/dataset.ts";
import { type NpyData, type NpyFile, readNpyRange } from "./npy.ts";

/** The number of elements that are checked at once: 8 MB of float64. */
const BLOCK = 1 << 20;

/** The maximum number of pixels of one image. A batch of 32 such images takes 3 GB as bytes. */
const LARGEST_IMAGE = 1 << 25;
/** The maximum number of images in a file: their labels and digests are kept in memory. */
const MOST_IMAGES = 100_000_000;

/** An N×H×W×3 array of images. */
export interface PixelFile {
  readonly file: NpyFile;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** Checks that an array has the shape of images. @throws HeadlightError (2) if it has another shape or is empty */
export function asPixels(file: NpyFile): PixelFile {
  const [count, height, width, channels] = file.shape;
  const given = `${file.path} has the shape (${file.shape.join(", ")})`;
  if (file.shape.length !== 4 || count === undefined || height === undefined || width === undefined || channels !== 3) {
    throw new HeadlightError(`${given}; images must be N×height×width×3 (red, green, blue last)`);
  }
  if (file.count === 0) throw new HeadlightError(`${given}: it has no images. Save some in it`);
  if (height * width > LARGEST_IMAGE) {
    throw new HeadlightError(
      `${given}: an image may have at most ${LARGEST_IMAGE} pixels. Resize them before saving; training uses at most ` +
        "1024×1024",
    );
  }
  if (count > MOST_IMAGES) {
    throw new HeadlightError(`${given}: at most ${MOST_IMAGES} images are supported. Save fewer`);
  }
  return { file, count, height, width };
}

/**
 * Checks the values of all pixels, block by block.
 * @throws HeadlightError (2) that names the first value that is not finite or, in an integer array, not in 0…255
 */
export function checkPixels({ file }: PixelFile): void {
  if (file.dtype === "uint8") return;
  for (let from = 0; from < file.count; from += BLOCK) {
    const values = readNpyRange(file, from, Math.min(from + BLOCK, file.count));
    const bad = firstUnusable(values);
    if (bad < 0) continue;
    const value = values[bad];
    const rule = typeof value === "bigint" || file.dtype === "int32"
      ? "Integer pixels must be 0 to 255"
      : "Pixels must be finite numbers";
    throw new HeadlightError(`${file.path} has ${value} at index (${indexOf(file, from + bad).join(", ")}). ${rule}`);
  }
}

/**
 * Returns the index of the first value that is not valid for a pixel, or -1 if all are valid. The loops are kept
 * simple, since they run over millions of values.
 */
function firstUnusable(values: NpyData): number {
  if (values instanceof BigInt64Array) {
    // Compares the two 32-bit words of each value, low word first: fifty times faster than comparing bigints.
    const words = new Int32Array(values.buffer);
    for (let place = 0; place < words.length; place += 2) {
      const low = words[place] as number;
      if (words[place + 1] !== 0 || low < 0 || low > 255) return place / 2;
    }
    return -1;
  }
  if (values instanceof Int32Array) {
    for (let place = 0; place < values.length; place++) {
      const value = values[place] as number;
      if (value < 0 || value > 255) return place;
    }
    return -1;
  }
  for (let place = 0; place < values.length; place++) {
    // A float64 beyond float32's range would become an infinity.
    if (!Number.isFinite(Math.fround(values[place] as number))) return place;
  }
  return -1;
}

/** Returns an element's index in the array, one number per axis, as NumPy writes it. */
function indexOf({ shape }: NpyFile, element: number): number[] {
  const index: number[] = [];
  for (let rest = element, axis = shape.length - 1; axis >= 0; axis--) {
    const size = at(shape, axis);
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

/** Returns the images `from` (inclusive) to `to` (exclusive) as a new array: integers as uint8, floats as float32. */
export function readPixels({ file, height, width }: PixelFile, from: number, to: number): ImageBatch {
  const image = height * width * 3;
  const values = readNpyRange(file, from * image, to * image);
  return { count: to - from, height, width, pixels: narrow(values) };
}

function narrow(values: NpyData): Uint8Array | Float32Array {
  if (values instanceof Uint8Array || values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return new Float32Array(values);
  if (values instanceof Int32Array) return new Uint8Array(values);
  const low = new Int32Array(values.buffer);
  return Uint8Array.from({ length: values.length }, (_, index) => low[2 * index] as number);
}

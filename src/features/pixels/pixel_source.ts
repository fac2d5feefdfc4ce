/**
 * The pixels of one part of a data set as a network takes them that is trained on them, batch by batch. Pixels stay as
 * they are stored, bytes in most cases, as far as they fit in the memory allowed; the others are read again whenever
 * they are needed.
 */
import { createHash } from "node:crypto";
import type { Tensor4D } from "@tensorflow/tfjs";
import { at } from "../../at.ts";
import type { BrokenImage, ImageBatch, ImageSet } from "../../data/dataset/dataset.ts";
import type { Tf } from "../../engine/engine.ts";
import { HeadlightError } from "../../errors.ts";
import { resizeWithPad } from "../base/resize.ts";

/** The number of bytes of pixels that are kept of both parts together. */
export const KEPT_BYTES = 512 * 1024 * 1024;
/** The number of images that are read at once. */
const READ_AT_ONCE = 32;
/** Pixels are divided by this, as the lesson does it. */
const BRIGHTEST = 255;

export interface ReadOptions {
  /** The network's images are size × size. */
  readonly size: number;
  /** The number of bytes of pixels that may be kept. */
  readonly keptBytes?: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Is awaited before each batch of images. Reading waits as long as this does; only the next batch is read already.
   */
  readonly turn?: () => Promise<void>;
  /** Is told how many images have been read, and which of the newest are broken. */
  readonly onRead?: (done: number, broken: readonly BrokenImage[]) => void;
}

export class PixelSource {
  readonly count: number;
  readonly labels: Int32Array;
  readonly shape: readonly [number, number, number];
  /** Rows that were asked for ahead. */
  #ahead: { readonly rows: Int32Array; readonly batch: Promise<ImageBatch> } | null = null;

  /**
   * @param images which image of the part each row is
   * @param kept the pixels of images, by their index in the part
   * @param sha256 the digest of all pixels and labels, in hex
   */
  private constructor(
    private readonly tf: Tf,
    private readonly part: ImageSet,
    readonly images: Int32Array,
    private readonly kept: ReadonlyMap<number, ImageBatch>,
    private readonly size: number,
    readonly sha256: string,
  ) {
    this.count = images.length;
    this.labels = images.map((image) => at(part.labels, image));
    this.shape = [size, size, 3];
  }

  /**
   * Reads all images of a part once. Those that cannot be decoded have no row.
   *
   * @returns null where it was aborted
   */
  static async open(tf: Tf, part: ImageSet, options: ReadOptions): Promise<PixelSource | null> {
    const { size, keptBytes = KEPT_BYTES, signal, turn, onRead = () => {} } = options;
    const kept = new Map<number, ImageBatch>();
    const broken = new Set<number>();
    const hash = createHash("sha256");
    let bytes = 0;
    const read = (from: number) => {
      const batch = part.read(from, Math.min(part.count, from + READ_AT_ONCE));
      // If reading is aborted, nobody awaits the batch that is read ahead.
      batch.catch(() => {});
      return batch;
    };
    let ahead: ReturnType<typeof read> | null = null;
    for (let from = 0; from < part.count; from += READ_AT_ONCE) {
      await turn?.();
      if (signal?.aborted) return null;
      const to = Math.min(part.count, from + READ_AT_ONCE);
      const batch = await (ahead ?? read(from));
      ahead = to < part.count ? read(to) : null;
      for (const { index } of batch.broken) broken.add(index);
      bytes += batch.pixels.byteLength;
      hash.update(bytesOf(batch.pixels));
      if (bytes <= keptBytes) {
        for (let index = from; index < to; index++) kept.set(index, imageOf(batch, index - from));
      }
      onRead(to, batch.broken);
    }
    const images = Int32Array.from({ length: part.count }, (_, index) => index).filter((index) => !broken.has(index));
    hash.update(bytesOf(part.labels)).update(bytesOf(images));
    return new PixelSource(tf, part, images, kept, size, hash.digest("hex"));
  }

  /** Begins to read rows, which the next call of `gather` may be for. */
  prefetch(rows: Int32Array): void {
    const batch = this.#read(rows);
    // Whoever gathers the rows gets the error.
    batch.catch(() => {});
    this.#ahead = { rows, batch };
  }

  /** Returns the rows, resized where they have to be and divided by 255, in the order given. */
  async gather(rows: Int32Array): Promise<Float32Array> {
    const ahead = this.#ahead;
    this.#ahead = null;
    const isAhead = ahead !== null && ahead.rows.length === rows.length &&
      ahead.rows.every((row, place) => row === rows[place]);
    return scaledPixels(this.tf, await (isAhead ? ahead.batch : this.#read(rows)), this.size);
  }

  async #read(rows: Int32Array): Promise<ImageBatch> {
    const images = Array.from(rows, (row) => at(this.images, row));
    const missing = images.filter((image) => !this.kept.has(image));
    const read = missing.length === 0 ? null : await this.part.pick(missing);
    const [broken] = read?.broken ?? [];
    if (broken) {
      const line = `${broken.path}: the image could be decoded before, and now it cannot (${broken.reason}). ` +
        "Restore it, and start a new run.";
      throw new HeadlightError(line, 1);
    }
    let next = 0;
    return joined(images.map((image) => this.kept.get(image) ?? imageOf(required(read), next++)));
  }
}

/**
 * Returns pixels of 0…255 as the network takes them: resized as tf.image.resize_with_pad does it, if they have another
 * size, and divided by 255.
 */
export function scaledPixels(tf: Tf, batch: ImageBatch, size: number): Float32Array {
  const { count, height, width, pixels } = batch;
  if (height === size && width === size) {
    // A loop, because Float32Array.from takes ten times as long, and an epoch scales millions of values.
    const scaled = new Float32Array(pixels.length);
    for (let place = 0; place < pixels.length; place++) scaled[place] = (pixels[place] as number) / BRIGHTEST;
    return scaled;
  }
  const resized = tf.tidy(() => {
    const images: Tensor4D = tf.tensor4d(pixels, [count, height, width, 3], "float32");
    return tf.div(resizeWithPad(tf, images, size), BRIGHTEST);
  });
  const scaled = Float32Array.from(resized.dataSync());
  resized.dispose();
  return scaled;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Returns one image of a batch, as a view of its pixels. */
function imageOf({ height, width, pixels }: ImageBatch, place: number): ImageBatch {
  const length = height * width * 3;
  return { count: 1, height, width, pixels: pixels.subarray(place * length, (place + 1) * length) };
}

function joined(images: readonly ImageBatch[]): ImageBatch {
  const first = at(images, 0);
  const length = first.pixels.length;
  const pixels = first.pixels instanceof Uint8Array
    ? new Uint8Array(images.length * length)
    : new Float32Array(images.length * length);
  images.forEach((image, place) => pixels.set(image.pixels, place * length));
  return { ...first, count: images.length, pixels };
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error("images were to be read, and were not");
  return value;
}

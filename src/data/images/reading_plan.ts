/** How many images are read at once: as many as the cores can decode and the memory can hold. Pure. */
import { MOST_PIXELS } from "./decoders/image.ts";

/**
 * Images that are read at once for each core. While one is decoded, the others wait for the disk, for JavaScript or for
 * a thread that sharp wakes up. Four instead of two load images of 500 pixels about 8 % faster on two cores.
 */
const IMAGES_PER_CORE = 4;
/** Large images that are decoded at once for each core, because they need more memory than small ones. */
const LARGE_IMAGES_PER_CORE = 2;
/**
 * The cores that a worker keeps busy. sharp decodes in threads of its own; what a worker does in JavaScript takes it a
 * quarter of the time of an image of 500 pixels. Each further worker takes some 100 MB.
 */
const CORES_PER_WORKER = 2;
/** The number of images that a worker has in hand. */
export const IMAGES_PER_WORKER = IMAGES_PER_CORE * CORES_PER_WORKER;
/** The room that a large image takes, relative to a small one. A worker has room for as many small ones as it reads. */
export const ROOM_OF_LARGE_IMAGE = IMAGES_PER_CORE / LARGE_IMAGES_PER_CORE;
/** Decoded images and batches each take at most this share of the free memory. */
const SHARE = 1 / 4;
/** The memory for decoding a pixel, in bytes: its three channels, a rotated copy, and what a decoder keeps. */
const BYTES_PER_PIXEL = 8;
/** The size of a large photograph in pixels. Only as many cores are used as can decode such photographs at once. */
const LARGE_PHOTOGRAPH = 24_000_000;
/** A batch takes its memory twice: where workers write to it, and where it is handed over. */
const COPIES = 2;

export interface ReadingPlan {
  /** The number of workers for formats that sharp decodes. */
  readonly workers: number;
  /** The number of workers for HEIC, which is decoded in the worker's own thread. */
  readonly heicWorkers: number;
  /**
   * The number of pixels up to which an image is decoded beside others, as a large one or, up to
   * 1/`ROOM_OF_LARGE_IMAGE` of these pixels, as a small one. An image with more pixels is decoded when the others of
   * its batch are done.
   */
  readonly pixelsBesideOthers: number;
}

/**
 * Returns how many workers read images, and which images they decode at the same time.
 *
 * @param cores the number of cores that the process may use
 * @param freeBytes the memory that it may still take
 */
export function planReading({ cores, freeBytes }: { readonly cores: number; readonly freeBytes: number }): ReadingPlan {
  const pixels = freeBytes * SHARE / BYTES_PER_PIXEL;
  const used = within(Math.floor(pixels / (LARGE_PHOTOGRAPH * LARGE_IMAGES_PER_CORE)), 1, cores);
  const workers = Math.ceil(used / CORES_PER_WORKER);
  const atOnce = workers * IMAGES_PER_WORKER / ROOM_OF_LARGE_IMAGE;
  return { workers, heicWorkers: used, pixelsBesideOthers: Math.floor(Math.min(MOST_PIXELS, pixels / atOnce)) };
}

export interface BatchesRequest {
  readonly workers: number;
  readonly freeBytes: number;
  /** The number of images in a batch. */
  readonly batchSize: number;
  /** The size of a batch's pixels. */
  readonly batchBytes: number;
}

/**
 * Returns the number of batches to read ahead: one that is being read, and enough of others that no worker waits until
 * the slowest image of that one is done and it is handed over. At least one, however little memory there is.
 */
export function planBatches({ workers, freeBytes, batchSize, batchBytes }: BatchesRequest): number {
  const wanted = 1 + Math.ceil(workers * IMAGES_PER_WORKER / batchSize);
  return within(Math.floor(freeBytes * SHARE / (batchBytes * COPIES)), 1, wanted);
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

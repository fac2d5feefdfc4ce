/** Labelled images, however they are stored. */
import type { FileIndex } from "./file_index.ts";

/** Some images of one size, row-major n×height×width×3. uint8 holds 0…255; float32 holds what the file holds. */
export interface ImageBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array | Float32Array;
}

/** An image that cannot be decoded: known only once somebody has tried. */
export interface BrokenImage {
  /** In its part. */
  readonly index: number;
  readonly path: string;
  readonly reason: string;
}

/** Images as they were read. */
export interface ReadImages extends ImageBatch {
  /** The digest of each image, see `ImageSet.digests`. */
  readonly digests: readonly string[];
  /** Those that could not be decoded; zeros stand in their place. */
  readonly broken: readonly BrokenImage[];
}

/** One part of a data set (training or validation). */
export interface ImageSet {
  readonly count: number;
  /** Class numbers, one an image. */
  readonly labels: Int32Array;
  /** Reads the images from (inclusive) to (exclusive). */
  read(from: number, to: number): Promise<ReadImages>;
  /** Reads the images with these indices, in the order given. */
  pick(indices: readonly number[]): Promise<ReadImages>;
  /**
   * Returns the digest of every image: the SHA-256, in hex, of all that decides its pixels. Equal digests, equal
   * pixels, whatever the image is called and wherever it lies. Decodes nothing.
   *
   * @throws the signal's reason when aborted
   */
  digests(options?: DigestOptions): Promise<readonly string[]>;
  /** The file an image lies in, from the data set's folder on; null where many share one. */
  fileOf(index: number): string | null;
  /**
   * SHA-256, in hex, of the content of the file that an image alone lies in, once its digest was taken or it was read;
   * that of nothing where the file cannot be read. Null where many images share a file.
   */
  contentOf(index: number): string | null;
}

export interface DigestOptions {
  /** What earlier runs know of the data set's files: unchanged files are not read. */
  readonly files?: FileIndex | undefined;
  /** Is told how many of the part's images have their digest. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Dataset {
  /** Short, for the header and the run's id: "dollarstreet", "demo", or the folder's name. */
  readonly name: string;
  /** Of the images as they are stored; null where they differ. */
  readonly height: number | null;
  readonly width: number | null;
  readonly classes: readonly string[];
  readonly train: ImageSet;
  readonly validation: ImageSet;
  /** What must be said for as long as a run lasts: what other images are learned from than one may expect, and why. */
  readonly notices: readonly string[];
  /** What else is to be said of the data, once. */
  readonly remarks: readonly string[];
  /** Files of the training part and equal ones of the validation part, as far as digests were taken. */
  inBothParts(): readonly SharedImage[];
  /** Frees what reading has started. */
  close(): void;
}

export interface SharedImage {
  readonly train: string;
  readonly validation: string;
}

/** Labelled pictures, however they are stored. */
import type { FileIndex } from "./file_index.ts";

/** Some pictures of one size, row-major n×height×width×3. uint8 holds 0…255; float32 holds what the file holds. */
export interface ImageBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array | Float32Array;
}

/** A picture that cannot be decoded: known only once somebody has tried. */
export interface BrokenImage {
  /** In its part. */
  readonly index: number;
  readonly path: string;
  readonly reason: string;
}

/** Pictures as they were read. */
export interface ReadImages extends ImageBatch {
  /** The digest of each picture, see `ImageSet.digests`. */
  readonly digests: readonly string[];
  /** Those that could not be decoded; zeros stand in their place. */
  readonly broken: readonly BrokenImage[];
}

/** One part of a data set (training or validation). */
export interface ImageSet {
  readonly count: number;
  /** Class numbers, one a picture. */
  readonly labels: Int32Array;
  /** Reads the pictures from (inclusive) to (exclusive). */
  read(from: number, to: number): Promise<ReadImages>;
  /** Reads the pictures with these indices, in the order given. */
  pick(indices: readonly number[]): Promise<ReadImages>;
  /**
   * Returns the digest of every picture: the SHA-256, in hex, of all that decides its pixels. Equal digests, equal
   * pixels, whatever the picture is called and wherever it lies. Decodes nothing.
   *
   * @throws the signal's reason when aborted
   */
  digests(options?: DigestOptions): Promise<readonly string[]>;
  /** The file a picture lies in, from the data set's folder on; null where many share one. */
  fileOf(index: number): string | null;
  /**
   * SHA-256, in hex, of the content of the file that a picture alone lies in, once its digest was taken or it was read;
   * that of nothing where the file cannot be read. Null where many pictures share a file.
   */
  contentOf(index: number): string | null;
}

export interface DigestOptions {
  /** What earlier runs know of the data set's files: unchanged files are not read. */
  readonly files?: FileIndex | undefined;
  /** Is told how many of the part's pictures have their digest. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Dataset {
  /** Short, for the header and the run's id: "dollarstreet", "demo", or the folder's name. */
  readonly name: string;
  /** Of the pictures as they are stored; null where they differ. */
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

/** The interface of a data set: labelled images, independent of how they are stored. */
import type { FileIndex } from "./file_index.ts";

/** Some consecutive images: from the first index to before the second. */
export interface ImageRange {
  readonly from: number;
  readonly to: number;
}

/** Images of one size, row-major n×height×width×3. uint8 values are 0…255; float32 values are those in the file. */
export interface ImageBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array | Float32Array;
}

/** An image that turned out, when it was read, not to be decodable. */
export interface BrokenImage {
  /** The image's index in its part. */
  readonly index: number;
  readonly path: string;
  readonly reason: string;
}

/** Images that were read, with their digests. */
export interface ReadImages extends ImageBatch {
  /** The digest of each image, see `ImageSet.digests`. */
  readonly digests: readonly string[];
  /** The images that could not be decoded; their pixels are zeros. */
  readonly broken: readonly BrokenImage[];
}

/** One part of a data set (training or validation). */
export interface ImageSet {
  readonly count: number;
  /** Class numbers, one per image. */
  readonly labels: Int32Array;
  /** Reads the images `from` (inclusive) to `to` (exclusive). */
  read(from: number, to: number): Promise<ReadImages>;
  /** Reads the images with these indices, in the order given. */
  pick(indices: readonly number[]): Promise<ReadImages>;
  /**
   * Returns the digest of every image, or of those in `range`: the SHA-256, in hex, of everything that determines its
   * pixels. Images with equal
   * digests have equal pixels, whatever their names and folders. Decodes nothing.
   *
   * @throws the signal's reason when aborted
   */
  digests(options?: DigestOptions): Promise<readonly string[]>;
  /** Returns the file of an image, relative to the data set's folder; null if the image shares its file with others. */
  fileOf(index: number): string | null;
  /**
   * Returns the SHA-256, in hex, of the content of an image's file; null if the image shares its file with others.
   * Available once the image was read or its digest computed. For a file that cannot be read, the SHA-256 of empty
   * content.
   */
  contentOf(index: number): string | null;
}

export interface DigestOptions {
  /** The images. Default: all. */
  readonly range?: ImageRange | undefined;
  /** The digests that earlier runs computed, so that unchanged files need not be read. */
  readonly files?: FileIndex | undefined;
  /** Called with the number of these images whose digest is known. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Dataset {
  /** A short name for the header and the run's id: "dollarstreet", "demo", or the folder's name. */
  readonly name: string;
  /** The size of the stored images in pixels; null if they have different sizes. */
  readonly height: number | null;
  readonly width: number | null;
  readonly classes: readonly string[];
  readonly train: ImageSet;
  readonly validation: ImageSet;
  /** Notices to show during the whole run: why the run learns from other images than one may expect. */
  readonly notices: readonly string[];
  /** Other remarks on the data, shown once. */
  readonly remarks: readonly string[];
  /** Returns pairs of equal files in the training and validation parts, among the files whose digests are known. */
  inBothParts(): readonly SharedImage[];
  /** Ends the workers that reading has started. */
  close(): void;
}

export interface SharedImage {
  readonly train: string;
  readonly validation: string;
}

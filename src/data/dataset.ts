/** Labelled pictures, however they are stored. */

/** Some pictures of one size, row-major n×height×width×3. uint8 holds 0…255; float32 holds what the file holds. */
export interface ImageBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array | Float32Array;
}

/** One part of a data set (training or validation). */
export interface ImageSet {
  readonly count: number;
  /** Class numbers, one a picture. */
  readonly labels: Int32Array;
  /** Pictures from (inclusive) to (exclusive), read as they are needed. */
  read(from: number, to: number): Promise<ImageBatch>;
}

export interface Dataset {
  /** Short, for the header and the run's id: "dollarstreet", "demo", or the folder's name. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly classes: readonly string[];
  readonly train: ImageSet;
  readonly validation: ImageSet;
}

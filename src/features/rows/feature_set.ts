/** The types in which features are passed between modules. */
import type { BrokenImage } from "../../data/dataset/dataset.ts";
import type { Provenance } from "./provenance.ts";

/** A part of a data set. */
export type Part = "train" | "validation";

/** Rows of features, in memory or in files. */
export interface RowSource {
  readonly count: number;
  readonly width: number;
  /** Returns rows one after the other, in the given order: float32, rows × width, row-major. */
  gather(rows: Int32Array): Float32Array;
}

/** The frozen base's features of a data set's images. The head is trained on these alone and never sees pixels. */
export interface FeatureSet {
  readonly rows: RowSource;
  /** Class numbers, one per row. */
  readonly labels: Int32Array;
}

/** Returns a source of rows that are in memory. @param features float32, rows × width, row-major */
export function rowsInMemory(features: Float32Array, width: number): RowSource {
  return {
    count: features.length / width,
    width,
    gather(rows) {
      const gathered = new Float32Array(rows.length * width);
      rows.forEach((row, place) => gathered.set(features.subarray(row * width, (row + 1) * width), place * width));
      return gathered;
    },
  };
}

/** A feature set with the index, in its part, of each row's image. Broken images have no row. */
export interface ImagesOf extends FeatureSet {
  readonly images: Int32Array;
}

/** Features of some images of one part, as extraction yields them. */
export interface FeatureBatch {
  readonly part: Part;
  /** The images' indices in their part, one per row. */
  readonly indices: readonly number[];
  /** float32, indices × width, row-major; NaN for a broken image. */
  readonly features: Float32Array;
  readonly width: number;
  /** Whether the rows were in the cache. If not, they were computed now. */
  readonly cached: boolean;
  /** Images that could not be decoded. */
  readonly broken: readonly BrokenImage[];
  /** The processors and thread counts that computed the rows. */
  readonly madeOn: readonly Provenance[];
}

/**
 * Receives the progress of a loop over batches of features: the number of images that have features, that of all
 * images, and whether those of the newest batch were in the cache.
 */
export type OnFeatures = (done: number, total: number, cached: boolean) => void;

import type { BrokenImage } from "../data/dataset.ts";

/** What the frozen base makes of a data set's pictures, the only thing the head ever sees. */
export interface FeatureSet {
  /** count × width, row-major. */
  readonly features: Float32Array;
  readonly width: number;
  readonly count: number;
  /** Class numbers, one a row. */
  readonly labels: Int32Array;
}

/** Which picture of its part each row of a feature set is: broken ones have none. */
export interface PicturesOf extends FeatureSet {
  readonly pictures: Int32Array;
}

/** The features of pictures from (inclusive) to (exclusive) of one part, as the extractor delivers them. */
export interface FeatureShard {
  readonly part: "train" | "validation";
  readonly from: number;
  readonly to: number;
  /** (to - from) × width, row-major; NaN for a broken picture. */
  readonly features: Float32Array;
  readonly width: number;
  /** Whether the cache already had it. */
  readonly cached: boolean;
  /** Pictures that could not be decoded. */
  readonly broken: readonly BrokenImage[];
}

/** What the frozen base makes of a data set's pictures, the only thing the head ever sees. */
export interface FeatureSet {
  /** count × width, row-major. */
  readonly features: Float32Array;
  readonly width: number;
  readonly count: number;
  /** Class numbers, one a row. */
  readonly labels: Int32Array;
}

/** The features of pictures from (inclusive) to (exclusive) of one part, as the extractor delivers them. */
export interface FeatureShard {
  readonly part: "train" | "validation";
  readonly from: number;
  readonly to: number;
  /** (to - from) × width, row-major. */
  readonly features: Float32Array;
  readonly width: number;
  /** Whether the cache already had it. */
  readonly cached: boolean;
}

/** Features as they are handed about. */
import type { BrokenImage } from "../../data/dataset/dataset.ts";
import type { Provenance } from "./provenance.ts";

/** The two parts of a data set. */
export type Part = "train" | "validation";

/** What the frozen base makes of a data set's images, the only thing the head ever sees. */
export interface FeatureSet {
  /** count × width, row-major. */
  readonly features: Float32Array;
  readonly width: number;
  readonly count: number;
  /** Class numbers, one a row. */
  readonly labels: Int32Array;
}

/** Which image of its part each row of a feature set is: broken ones have none. */
export interface ImagesOf extends FeatureSet {
  readonly images: Int32Array;
}

/** The features of some images of one part, as extraction delivers them. */
export interface FeatureBatch {
  readonly part: Part;
  /** Of the images in their part, one a row. */
  readonly indices: readonly number[];
  /** indices × width, row-major; NaN for a broken image. */
  readonly features: Float32Array;
  readonly width: number;
  /** Whether the rows were there already: these images took no time. */
  readonly cached: boolean;
  /** Images that could not be decoded. */
  readonly broken: readonly BrokenImage[];
  /** What made the rows. */
  readonly madeOn: readonly Provenance[];
}

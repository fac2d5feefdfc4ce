/** The frozen base at work: pictures in, features out. Runs in the extractor process; needs an engine, no process. */
import type { ImageBatch } from "../../data/dataset.ts";
import type { FeatureRows } from "../feature_set.ts";

export type Pictures = ImageBatch;

export interface FrozenBase {
  /**
   * The features of at most `spec.batchSize` pictures, computed as a full batch; deterministic, bit for bit. Leaves no
   * tensor behind.
   */
  features(pictures: Pictures): FeatureRows;
  /** Frees the weights. */
  dispose(): void;
}

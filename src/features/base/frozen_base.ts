/** The frozen base at work: images in, features out. Runs in the extractor process; needs an engine, no process. */
import type { ImageBatch } from "../../data/dataset/dataset.ts";

/** Features, rows × width, row-major. */
export interface FeatureRows {
  readonly features: Float32Array;
  readonly rows: number;
  readonly width: number;
}

export interface FrozenBase {
  /**
   * The features of at most `spec.batchSize` images, computed as a full batch; deterministic, bit for bit. Leaves no
   * tensor behind.
   */
  features(images: ImageBatch): FeatureRows;
  /** Frees the weights. */
  dispose(): void;
}

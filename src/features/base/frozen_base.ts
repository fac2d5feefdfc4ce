/** The interface of a frozen base, which computes features from images. It runs in the extractor process. */
import type { ImageBatch } from "../../data/dataset/dataset.ts";

/** Features, float32 rows × width, row-major. */
export interface FeatureRows {
  readonly features: Float32Array;
  readonly rows: number;
  readonly width: number;
}

export interface FrozenBase {
  /**
   * Computes the features of at most `spec.batchSize` images, always as a full batch. Equal images give equal bits.
   * Leaves no tensors allocated.
   */
  features(images: ImageBatch): FeatureRows;
  /** Frees the weights. */
  dispose(): void;
}

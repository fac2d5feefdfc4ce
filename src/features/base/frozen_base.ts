/** The interface of a frozen base, which computes features from images. It runs in the extractor process. */
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import type { Rounding } from "./rounding.ts";

/** Features, float32 rows × width, row-major. */
export interface FeatureRows {
  readonly features: Float32Array;
  readonly rows: number;
  readonly width: number;
}

export interface FrozenBase {
  /** How much of the base is computed in bfloat16; null if float32 was requested. */
  readonly rounding: Rounding | null;
  /**
   * Computes the features of at most `spec.batchSize` images, always as a full batch. Equal images give equal bits.
   * Leaves no tensors allocated. Call it again only when the previous call is done.
   */
  features(images: ImageBatch): Promise<FeatureRows>;
  /** Frees the weights. */
  dispose(): void;
}

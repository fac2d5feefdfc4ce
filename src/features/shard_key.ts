/** What a shard's features depend on, as a hash: the name under which the cache has them. */
import { createHash } from "node:crypto";
import type { Pooling, Preprocess } from "../config.ts";
import type { ImageBatch } from "../data/dataset.ts";

/**
 * Version of what this program makes of pixels. To be raised with every change to preprocessing, a base's layers or
 * the way a batch is computed that can move a bit of a feature.
 */
export const EXTRACTOR_VERSION = 1;

/** All that features depend on besides the pictures. */
export interface ExtractionRecipe {
  readonly base: string;
  readonly weights: { readonly sha256: string };
  readonly pooling: Pooling;
  readonly size: number;
  readonly preprocess: Preprocess;
  readonly precision: string;
  readonly engine: { readonly kind: string; readonly version: string };
  /** The fixed size every batch is padded to. */
  readonly batchSize: number;
}

/**
 * SHA-256, in hex, over a canonical JSON header (fixed fields in fixed order, paths left out) and the pictures' bytes
 * as they lie in memory, little-endian. The header has the pictures' shape and dtype, so equal bytes of another shape
 * have another key.
 */
export function shardKey(recipe: ExtractionRecipe, images: ImageBatch): string {
  const header = JSON.stringify({
    extractor: EXTRACTOR_VERSION,
    base: recipe.base,
    weights: recipe.weights.sha256,
    pooling: recipe.pooling,
    size: recipe.size,
    preprocess: recipe.preprocess,
    precision: recipe.precision,
    engine: { kind: recipe.engine.kind, version: recipe.engine.version },
    batch: recipe.batchSize,
    images: {
      count: images.count,
      height: images.height,
      width: images.width,
      dtype: images.pixels instanceof Uint8Array ? "uint8" : "float32",
    },
  });
  const { buffer, byteOffset, byteLength } = images.pixels;
  return createHash("sha256").update(header).update("\n").update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest("hex");
}

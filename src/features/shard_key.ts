/** What a shard's features depend on, as a hash: the name under which the cache has them. */
import { createHash } from "node:crypto";
import type { Pooling } from "../bases/base.ts";
import type { Preprocess } from "../config.ts";

/**
 * Version of what this program makes of pixels. To be raised with every change to preprocessing, a base's layers or
 * the way a batch is computed that can move a bit of a feature.
 */
export const EXTRACTOR_VERSION = 7;

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
 * SHA-256, in hex, over a canonical JSON text: fixed fields in fixed order, paths left out.
 * @param digest of the pictures, see `ReadImages`.
 */
export function shardKey(recipe: ExtractionRecipe, digest: string): string {
  const text = JSON.stringify({
    extractor: EXTRACTOR_VERSION,
    base: recipe.base,
    weights: recipe.weights.sha256,
    pooling: recipe.pooling,
    size: recipe.size,
    preprocess: recipe.preprocess,
    precision: recipe.precision,
    engine: { kind: recipe.engine.kind, version: recipe.engine.version },
    batch: recipe.batchSize,
    pictures: digest,
  });
  return createHash("sha256").update(text).digest("hex");
}

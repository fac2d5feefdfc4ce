/** What decides a feature row besides the picture. */
import { createHash } from "node:crypto";
import type { Pooling, Preprocess } from "../config.ts";
import type { Device } from "../engine/engine.ts";

/**
 * Version of what this program makes of pixels. Increment this with every change to preprocessing, a base's layers or
 * the way a batch is computed that can move a bit of a feature.
 */
export const EXTRACTOR_VERSION = 7;

/** All that feature rows depend on besides their pictures. */
export interface Recipe {
  readonly base: string;
  readonly weights: { readonly sha256: string };
  readonly pooling: Pooling;
  readonly size: number;
  readonly preprocess: Preprocess;
  readonly precision: string;
  readonly engine: { readonly kind: string; readonly version: string; readonly device: Device };
  /** The fixed size that every batch is padded to. */
  readonly batchSize: number;
}

/** Returns the SHA-256, in hex, over a canonical JSON text: fixed fields in fixed order, paths left out. */
export function recipeHash(recipe: Recipe): string {
  const { kind, version, device } = recipe.engine;
  const text = JSON.stringify({
    extractor: EXTRACTOR_VERSION,
    base: recipe.base,
    weights: recipe.weights.sha256,
    pooling: recipe.pooling,
    size: recipe.size,
    preprocess: recipe.preprocess,
    precision: recipe.precision,
    engine: { kind, version, device },
    batch: recipe.batchSize,
  });
  return createHash("sha256").update(text).digest("hex");
}

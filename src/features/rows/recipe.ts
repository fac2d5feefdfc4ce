/** What decides a feature row besides the image. */
import { createHash } from "node:crypto";
import { type BaseSpec, EXTRACTOR_VERSION } from "../base/spec.ts";

/** Returns the SHA-256, in hex, over a canonical JSON text: fixed fields in fixed order, paths left out. */
export function recipeHash(recipe: BaseSpec): string {
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

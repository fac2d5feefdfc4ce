/** The recipe of a feature row: everything that determines it, except the image. */
import { createHash } from "node:crypto";
import { type BaseSpec, EXTRACTOR_VERSION, keyOfBase, keyOfPrecision } from "../base/spec.ts";

/** Returns the SHA-256, in hex, of the recipe as canonical JSON: fixed fields in a fixed order, without paths. */
export function recipeHash(recipe: BaseSpec): string {
  const { kind, version, device, tf32 } = recipe.engine;
  const text = JSON.stringify({
    extractor: EXTRACTOR_VERSION,
    base: keyOfBase(recipe.base),
    weights: recipe.weights.sha256,
    pooling: recipe.pooling,
    size: recipe.size,
    preprocess: recipe.preprocess,
    precision: keyOfPrecision(recipe.precision),
    engine: { kind, version, device, ...(tf32 ? { tf32 } : {}) },
    batch: recipe.batchSize,
  });
  return createHash("sha256").update(text).digest("hex");
}

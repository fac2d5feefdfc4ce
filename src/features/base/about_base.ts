/** Describes what the cache contains for a base, for `cache`. */
import { basename } from "node:path";
import { z } from "zod";
import { shownBase } from "../../config.ts";
import type { BaseSpec } from "./spec.ts";

export const aboutBaseSchema = z.object({
  base: z.string(),
  /** The name of the weights file. */
  weights: z.string(),
  size: z.int(),
  pooling: z.string(),
  preprocess: z.string(),
  precision: z.string(),
  engine: z.string(),
});
export type AboutBase = z.infer<typeof aboutBaseSchema>;

/** Returns the description of features or a graph. */
export function aboutBase({ base, weights, size, pooling, preprocess, precision, engine }: BaseSpec): AboutBase {
  return {
    base: shownBase(typeof base === "string" ? base : base.path),
    weights: basename(weights.path),
    size,
    pooling,
    preprocess,
    precision,
    engine: `${engine.kind} ${engine.version} ${engine.device}${engine.tf32 ? " TF32" : ""}`,
  };
}

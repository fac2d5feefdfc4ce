/** The keys of bases' graphs in the cache. */
import { createHash } from "node:crypto";
import type { CallShape } from "../../engine/base_graphs.ts";
import type { ImageKind } from "./base_graph.ts";
import { type BaseSpec, EXTRACTOR_VERSION, keyOfBase, keyOfPrecision } from "./spec.ts";

/**
 * Returns a hash over everything that determines a base's graph.
 * @param shapes the divisions of a call that the engine may choose
 */
export function graphKey(spec: BaseSpec, kind: ImageKind, shapes: readonly [CallShape, ...CallShape[]]): string {
  const [{ batch, lanes }, ...others] = shapes;
  const choices = others.length > 0 ? { others } : {};
  return hashOf({ ...facts(spec, batch), towers: lanes, images: [kind.height, kind.width, kind.dtype], ...choices });
}

/** Returns a hash over everything that determines how much of a base is computed in bfloat16. */
export function choiceKey(spec: BaseSpec, [{ batch }]: readonly [CallShape, ...CallShape[]]): string {
  return hashOf({ choice: facts(spec, batch) });
}

function facts(spec: BaseSpec, batch: number) {
  return {
    extractor: EXTRACTOR_VERSION,
    base: keyOfBase(spec.base),
    weights: spec.weights.sha256,
    pooling: spec.pooling,
    size: spec.size,
    preprocess: spec.preprocess,
    precision: keyOfPrecision(spec.precision),
    engine: [spec.engine.kind, spec.engine.version, spec.engine.device],
    batch,
  };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

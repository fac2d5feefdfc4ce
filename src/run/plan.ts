/** Makes the extractor's plan from a prepared run. */
import type { BaseRef, RunOptions } from "../config.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import type { DataSource } from "../data/open.ts";
import type { EngineFiles } from "../engine/engine.ts";
import type { ExtractionPlan } from "../features/extraction.ts";
import type { ExtractionSpec } from "../features/job.ts";
import { cacheRoot } from "../paths.ts";
import type { Resolved } from "./folder/run_config.ts";

/**
 * The number of images per extraction batch, whatever the batch size of training. Larger batches need more memory and
 * are not faster.
 */
export const EXTRACTION_BATCH = 32;

/** Returns the plan for extracting a data set's features with a run's base, using this machine's cache. */
export function planExtraction(
  prepared: BasedOn & { readonly dataset: Dataset },
  options: Pick<RunOptions, "pooling" | "size" | "precision">,
): ExtractionPlan {
  return { spec: planSpec(prepared, options), dataset: prepared.dataset, cacheRoot: cacheRoot() };
}

/** A run's base, and what it was prepared with. */
interface BasedOn extends Readonly<Pick<Resolved, "weights" | "preprocess">> {
  readonly base: BaseRef;
  readonly engine: EngineFiles;
  readonly source: DataSource;
}

/** Returns everything that determines features except the images. */
export function planSpec(
  { base, weights, engine, source, preprocess }: BasedOn,
  options: Pick<RunOptions, "pooling" | "size" | "precision">,
): ExtractionSpec {
  return {
    base,
    pooling: options.pooling,
    size: options.size,
    preprocess,
    precision: options.precision,
    weights: { kind: "file", path: weights.path, sha256: weights.sha256 },
    engine,
    data: source,
    batchSize: EXTRACTION_BATCH,
  };
}

/** The frozen base at work: pictures in, features out. Runs in the extractor process; needs an engine, no process. */
import type { ImageBatch } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import type { FeatureRows } from "../cache.ts";
import type { ExtractionSpec } from "../job.ts";
import { openEagerBase } from "./eager.ts";
import { openGraphBase } from "./graph_base.ts";

export type Pictures = ImageBatch;

export interface FrozenBase {
  /**
   * The features of at most `spec.batchSize` pictures, computed as a full batch; deterministic, bit for bit. Leaves no
   * tensor behind.
   */
  features(pictures: Pictures): FeatureRows;
  /** Frees the weights. */
  dispose(): void;
}

/** Where a base is computed. */
export interface BasePlace {
  /** Where graphs are kept between runs, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** That it may use. */
  readonly cores: number;
}

/**
 * The base as the engine computes it best: as one graph on TensorFlow, op by op elsewhere.
 *
 * @param pictures whose size and kind of pixels all others share.
 * @throws HeadlightError when the weights file is not the one whose hash is in the features' keys, or does not fit.
 */
export function openFrozenBase(
  { tf, kind }: Pick<Engine, "tf" | "kind">,
  spec: ExtractionSpec,
  pictures: Pictures,
  { cacheRoot, cores }: BasePlace,
): Promise<FrozenBase> {
  return kind === "tensorflow" ? openGraphBase(tf, spec, pictures, cacheRoot, cores) : openEagerBase(tf, spec);
}

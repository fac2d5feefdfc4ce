/** Opens the frozen base in the way that suits the engine best. */
import type { Engine } from "../../engine/engine.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { openEagerBase } from "./eager.ts";
import type { FrozenBase } from "./frozen_base.ts";
import { openGraphBase } from "./graph_base.ts";
import type { BaseSpec } from "./spec.ts";

/** The resources that a base may use. */
export interface BasePlace {
  /** The folder in which graphs are cached, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** The number of cores to use. */
  readonly cores: number;
}

/**
 * Opens the base as one graph if the engine supports graphs, otherwise op by op.
 *
 * @param images a batch; all others must have the same size and kind of pixels
 * @throws HeadlightError if the weights file's hash is not the one in the features' keys, or its weights do not fit
 */
export function openFrozenBase(
  { tf, capabilities }: Pick<Engine, "tf" | "capabilities">,
  spec: BaseSpec,
  images: ImageBatch,
  { cacheRoot, cores }: BasePlace,
): Promise<FrozenBase> {
  return capabilities.graphs ? openGraphBase(tf, spec, images, cacheRoot, cores) : openEagerBase(tf, spec);
}

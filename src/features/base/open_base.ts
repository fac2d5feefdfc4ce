/** The frozen base, computed as the engine does it best. */
import type { Engine } from "../../engine/engine.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { openEagerBase } from "./eager.ts";
import type { FrozenBase } from "./frozen_base.ts";
import { openGraphBase } from "./graph_base.ts";
import type { BaseSpec } from "./spec.ts";

/** Where a base is computed. */
export interface BasePlace {
  /** Where graphs are kept between runs, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** That it may use. */
  readonly cores: number;
}

/**
 * Opens the base as one graph where the engine runs graphs, else op by op.
 *
 * @param images whose size and kind of pixels all others share.
 * @throws HeadlightError when the weights file is not the one whose hash is in the features' keys, or does not fit.
 */
export function openFrozenBase(
  { tf, capabilities }: Pick<Engine, "tf" | "capabilities">,
  spec: BaseSpec,
  images: ImageBatch,
  { cacheRoot, cores }: BasePlace,
): Promise<FrozenBase> {
  return capabilities.graphs ? openGraphBase(tf, spec, images, cacheRoot, cores) : openEagerBase(tf, spec);
}

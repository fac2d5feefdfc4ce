/** Opens the frozen base in the way that suits the engine best. */
import { dirname, join } from "node:path";
import type { BaseEngine } from "../../engine/engine.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import { type Use, useEntry } from "../../files/use.ts";
import { openEagerBase } from "./eager.ts";
import type { FrozenBase } from "./frozen_base.ts";
import { type MakeGraph, openGraphBase } from "./graph_base.ts";
import type { BaseSpec } from "./spec.ts";

/** The resources that a base may use. */
export interface BasePlace {
  /** The folder in which graphs are cached, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** The number of cores to use. */
  readonly cores: number;
  /**
   * Makes a graph that is not cached in another process. Making one takes twice the memory of running it, and a process
   * hardly gives memory back while it runs. Default: it is made in this process.
   */
  readonly makeGraph?: MakeGraph | undefined;
}

/**
 * Opens the base as one graph if the engine takes graphs, otherwise from the list of layers, op by op.
 *
 * @param images a batch; all others must have the same size and kind of pixels
 * @throws HeadlightError if the weights file's hash is not the one in the features' keys, or its weights do not fit
 */
export async function openFrozenBase(
  { tf, baseGraphs, opByOp }: Pick<BaseEngine, "tf" | "baseGraphs" | "opByOp">,
  spec: BaseSpec,
  images: ImageBatch,
  { cacheRoot, cores, makeGraph }: BasePlace,
): Promise<FrozenBase> {
  const use = await useWeights(spec.weights.path, cacheRoot);
  try {
    const base = await (baseGraphs
      ? openGraphBase({ tf, baseGraphs }, spec, images, { cacheRoot, cores, makeElsewhere: makeGraph })
      : openEagerBase(await tf(), spec, opByOp));
    return {
      rounding: base.rounding,
      features: (batch) =>
        base.features(batch),
      dispose() {
        base.dispose();
        use.release();
      },
    };
  } catch (error) {
    use.release();
    throw error;
  }
}

/**
 * Marks a weights file as used by this process if it is in the cache. Nothing is written beside a person's own file.
 */
async function useWeights(path: string, cacheRoot: string): Promise<Use> {
  return dirname(path) === join(cacheRoot, "weights") ? await useEntry(path) : { release() {} };
}

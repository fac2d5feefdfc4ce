/** What a run's base has to compute. */
import type { RunOptions } from "../config.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import type { Workload } from "../engine/engines/worthwhile.ts";
import { type Machine, thisMachine } from "../features/speeds/speed_store.ts";
import type { BaseNetwork } from "../model/base_network.ts";
import { describe } from "../model/layers.ts";

/** The facts about a data set that count. */
export interface DataSize {
  readonly train: Pick<Dataset["train"], "count">;
  readonly validation: Pick<Dataset["validation"], "count">;
}

/** Returns the arithmetic of a run's base on all images of its data, and the processor that does it. */
export function workloadOf(
  { layers }: Pick<BaseNetwork, "layers">,
  { train, validation }: DataSize,
  { size, pooling, precision }: Pick<RunOptions, "size" | "pooling" | "precision">,
  { processor, cores }: Machine = thisMachine(),
): Workload {
  return {
    images: train.count + validation.count,
    macs: describe(layers(size, pooling)).reduce((sum, { macs }) => sum + macs, 0),
    precision,
    features: processor.features,
    cores,
  };
}

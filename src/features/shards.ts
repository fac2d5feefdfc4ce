/** How a data set is cut: a shard is one extraction batch, the unit of work, of caching and of loss. */
import type { ImageBatch } from "../data/dataset.ts";

export type Part = "train" | "validation";

/** Pictures from (inclusive) to (exclusive) of one part. */
export interface ShardRange {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
}

/** All shards of a data set: the training part's first, in order; a part's last one may be short. */
export function shardRanges(dataset: Readonly<Record<Part, { count: number }>>, batchSize: number): ShardRange[] {
  return [...partRanges("train", dataset.train.count), ...partRanges("validation", dataset.validation.count)];

  function partRanges(part: Part, count: number): ShardRange[] {
    return Array.from({ length: Math.ceil(count / batchSize) }, (_, index) => {
      const from = index * batchSize;
      return { part, from, to: Math.min(from + batchSize, count) };
    });
  }
}

/**
 * The batch with black pictures added until it has `count`. The bits of a feature depend on the size of the batch it
 * was computed in, so every batch is computed at one size.
 */
export function padBatch(batch: ImageBatch, count: number): ImageBatch {
  if (batch.count === count) return batch;
  const length = count * batch.height * batch.width * 3;
  const pixels = batch.pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  pixels.set(batch.pixels);
  return { ...batch, count, pixels };
}

/** For messages: "pictures 32 to 63 of train". */
export function shardName({ part, from, to }: ShardRange): string {
  return `pictures ${from} to ${to - 1} of ${part}`;
}

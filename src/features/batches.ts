/** Batches of pictures as the frozen base takes them. */
import type { ImageBatch } from "../data/dataset.ts";

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

/** Splits batches into pieces for calls, pads batches, and joins the resulting rows. */
import { at } from "../../at.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import type { FeatureRows } from "./frozen_base.ts";

/** Splits a batch into pieces of at most `size` images, in order, without copying. */
export function pieces(batch: ImageBatch, size: number): ImageBatch[] {
  const perImage = batch.height * batch.width * 3;
  return Array.from({ length: Math.ceil(batch.count / size) }, (_, index) => {
    const from = index * size;
    const to = Math.min(batch.count, from + size);
    return { ...batch, count: to - from, pixels: batch.pixels.subarray(from * perImage, to * perImage) };
  });
}

/** Concatenates the rows of at least one piece. */
export function joinRows(parts: readonly FeatureRows[]): FeatureRows {
  const { width } = at(parts, 0);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const features = new Float32Array(rows * width);
  let place = 0;
  for (const part of parts) {
    features.set(part.features, place);
    place += part.features.length;
  }
  return { features, rows, width };
}

/**
 * Returns the batch, padded with black images to `count`. The bits of a feature depend on the batch size at which it
 * was computed, so every batch is computed at the same size.
 */
export function padBatch(batch: ImageBatch, count: number): ImageBatch {
  if (batch.count === count) return batch;
  const length = count * batch.height * batch.width * 3;
  const pixels = batch.pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  pixels.set(batch.pixels);
  return { ...batch, count, pixels };
}

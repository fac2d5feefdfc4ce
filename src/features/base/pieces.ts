/** A batch in pieces of what a call takes, and back. */
import { at } from "../../at.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import type { FeatureRows } from "./frozen_base.ts";

/** `batch` in pieces of at most `size` images, in order; nothing is copied. */
export function pieces(batch: ImageBatch, size: number): ImageBatch[] {
  const perImage = batch.height * batch.width * 3;
  return Array.from({ length: Math.ceil(batch.count / size) }, (_, index) => {
    const from = index * size;
    const to = Math.min(batch.count, from + size);
    return { ...batch, count: to - from, pixels: batch.pixels.subarray(from * perImage, to * perImage) };
  });
}

/** Returns the rows of all pieces, of which there is one at least, one after the other. */
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
 * Returns the batch with black images added until it has `count`. The bits of a feature depend on the size of the
 * batch it was computed in, so every batch is computed at one size.
 */
export function padBatch(batch: ImageBatch, count: number): ImageBatch {
  if (batch.count === count) return batch;
  const length = count * batch.height * batch.width * 3;
  const pixels = batch.pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  pixels.set(batch.pixels);
  return { ...batch, count, pixels };
}

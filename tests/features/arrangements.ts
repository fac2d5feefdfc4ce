/**
 * Puts the same images at other places of a batch and among other neighbours, to check the assumption of the row cache
 * that a row depends on its image alone.
 */
import assert from "node:assert/strict";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import { madeUpImages } from "./made_up.ts";

function picked(all: ImageBatch, indices: readonly number[]): ImageBatch {
  const size = all.height * all.width * 3;
  const pixels = new Uint8Array(indices.length * size);
  indices.forEach((index, place) => pixels.set(all.pixels.subarray(index * size, (index + 1) * size), place * size));
  return { ...all, count: indices.length, pixels };
}

/** Returns two batches' images in other arrangements: rolled, reversed, shuffled across batches, in short batches. */
function arrangements(batch: number): number[][] {
  const all = Array.from({ length: 2 * batch }, (_, index) => index);
  const rolled = [1, 2, 3, 5, 7].filter((by) => by < batch)
    .map((by) => Array.from({ length: batch }, (_, place) => (place + by) % batch));
  const across = [...all].sort((one, other) => ((one * 37) % 64) - ((other * 37) % 64));
  return [
    ...rolled,
    all.slice(0, batch).reverse(),
    across.slice(0, batch),
    across.slice(batch),
    all.filter((index) => index % 2 === 1),
    all.slice(batch - 1, batch),
    all.slice(3, batch),
  ];
}

/** Asserts that no row's bits depend on its place or its neighbours. Returns how many rows were compared. */
export async function assertRowsStandAlone(base: FrozenBase, batch: number): Promise<number> {
  const images = madeUpImages(2 * batch);
  const rows: Float32Array[] = [];
  for (const from of [0, batch]) {
    const indices = Array.from({ length: batch }, (_, place) => from + place);
    const { features, width } = await base.features(picked(images, indices));
    rows.push(...indices.map((_, row) => features.slice(row * width, (row + 1) * width)));
  }
  let compared = 0;
  for (const indices of arrangements(batch)) {
    const { features, width } = await base.features(picked(images, indices));
    for (const [place, index] of indices.entries()) {
      const found = features.subarray(place * width, (place + 1) * width);
      assert.deepEqual(found, rows[index], `image ${index} at place ${place} of ${indices.length}`);
      compared++;
    }
  }
  return compared;
}

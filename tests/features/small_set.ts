/** Small extraction plans: SqueezeNet with made-up weights on made-up images. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DEMO_SEED } from "../../src/data/demo/demo.ts";
import { encodeNpy } from "../npy.ts";
import { type DataSource, openDataSource } from "../../src/data/open.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import type { ExtractionPlan } from "../../src/features/extraction.ts";
import type { FeatureBatch } from "../../src/features/rows/feature_set.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { recipeHash } from "../../src/features/rows/recipe.ts";
import { RowStore } from "../../src/features/rows/row_store.ts";
import { openSegment } from "../../src/features/rows/segment.ts";
import { cacheRoot } from "../../src/paths.ts";
import { madeUpImages, madeUpWeights } from "./made_up.ts";

/** A data source for specs whose data is never read. */
export const DEMO: DataSource = { kind: "demo", seed: DEMO_SEED };

/** Writes made-up images of ten classes to `folder` as a data set. */
export function writeSmallSet(folder: string, counts: { train: number; test: number }): DataSource {
  for (const [stream, [part, count]] of Object.entries(counts).entries()) {
    const { height, width, pixels } = madeUpImages(count, stream);
    const labels = Int32Array.from({ length: count }, (_, index) => index % 10);
    const images = encodeNpy({ dtype: "uint8", shape: [count, height, width, 3], data: pixels });
    Deno.writeFileSync(join(folder, `${part}_images.npy`), images);
    Deno.writeFileSync(
      join(folder, `${part}_labels.npy`),
      encodeNpy({ dtype: "int32", shape: [count], data: labels }),
    );
  }
  return { kind: "npy", folder, name: "made-up" };
}

/** Returns the spec for a data set, with SqueezeNet at 96×96 by default. */
export async function specFor(data: DataSource, changed: Partial<ExtractionSpec> = {}): Promise<ExtractionSpec> {
  const { files } = await provisionEngine("tensorflow", { cacheRoot: cacheRoot(), onProgress: () => {} });
  return {
    base: "squeezenet11",
    pooling: "max",
    size: 96,
    preprocess: "imagenet",
    precision: "float32",
    weights: await madeUpWeights("squeezenet11"),
    engine: files,
    data,
    batchSize: 32,
    ...changed,
  };
}

/** Returns a plan whose feature cache is in `folder` and empty: 200 + 70 images, ten batches. */
export async function smallPlan(folder: string, changed: Partial<ExtractionSpec> = {}): Promise<ExtractionPlan> {
  const data = writeSmallSet(folder, { train: 200, test: 70 });
  return {
    spec: await specFor(data, changed),
    dataset: await openDataSource(data, 96),
    cacheRoot: join(folder, "cache"),
  };
}
export const SMALL_PLAN_IMAGES = 270;
export const SMALL_PLAN_BATCHES = 10;

/** Returns the store that holds a plan's rows. */
export function storeOf({ spec, cacheRoot }: ExtractionPlan): RowStore {
  return new RowStore(cacheRoot, recipeHash(spec));
}

/** Returns the digests of all rows in a store. A row that is stored twice appears twice. */
export function digestsIn(store: RowStore): string[] {
  return store.names().flatMap((name) => {
    const { digests } = store.withFile(name, (file) => openSegment(file, store.recipe)) ??
      { digests: new Uint8Array() };
    return Array.from({ length: digests.length / 32 }, (_, row) => digests.slice(row * 32, (row + 1) * 32).toHex());
  });
}

/** Returns all batches of an iteration. */
export async function collect(batches: AsyncIterable<FeatureBatch>): Promise<FeatureBatch[]> {
  return await Array.fromAsync(batches);
}

/** Returns how many images' rows were cached and how many were computed. */
export function counts(batches: readonly FeatureBatch[]): { cached: number; computed: number } {
  const count = (cached: boolean) =>
    batches.filter((batch) => batch.cached === cached).reduce((sum, { indices }) => sum + indices.length, 0);
  return { cached: count(true), computed: count(false) };
}

/** Returns the bits of every image's row, by part and index. */
export function rowBits(batches: readonly FeatureBatch[]): Map<string, string> {
  const bits = new Map<string, string>();
  for (const { part, indices, features, width } of batches) {
    for (const [row, index] of indices.entries()) {
      const name = `${part} ${index}`;
      if (bits.has(name)) throw new Error(`${name} came twice`);
      const { buffer, byteOffset, byteLength } = features.subarray(row * width, (row + 1) * width);
      bits.set(name, new Uint8Array(buffer, byteOffset, byteLength).toBase64());
    }
  }
  return bits;
}

/** Asserts that features are equal bit for bit, whatever was cached and however they were batched. */
export function assertSameFeatures(found: readonly FeatureBatch[], expected: readonly FeatureBatch[]): void {
  const [mine, theirs] = [found, expected].map(rowBits);
  assert.equal(mine?.size, theirs?.size);
  for (const [name, bits] of theirs ?? []) assert.ok(mine?.get(name) === bits, `the row of ${name} differs`);
}

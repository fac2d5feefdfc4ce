import assert from "node:assert/strict";
import type { ImageSet } from "../../src/data/dataset.ts";
import { FeatureAssembly } from "../../src/features/assembly.ts";
import type { FeatureShard } from "../../src/features/feature_set.ts";

function setOf(labels: number[]): ImageSet {
  return {
    count: labels.length,
    labels: Int32Array.from(labels),
    read: () => Promise.reject(new Error("not to be read")),
  };
}

function shard(part: FeatureShard["part"], from: number, rows: number[][]): FeatureShard {
  const width = rows[0]?.length ?? 0;
  return { part, from, to: from + rows.length, features: Float32Array.from(rows.flat()), width, cached: false };
}

Deno.test("shards end up at their pictures' places, beside their labels, in whatever order they come", () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5, 6]), validation: setOf([7]) });
  assembly.add(shard("validation", 0, [[9, 10]]));
  assembly.add(shard("train", 2, [[5, 6]]));
  assembly.add(shard("train", 0, [[1, 2], [3, 4]]));
  assert.deepEqual(assembly.finish(), {
    train: { features: Float32Array.of(1, 2, 3, 4, 5, 6), width: 2, count: 3, labels: Int32Array.of(4, 5, 6) },
    validation: { features: Float32Array.of(9, 10), width: 2, count: 1, labels: Int32Array.of(7) },
  });
});

Deno.test("an incomplete part is an error, not rows of zeros", () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5]), validation: setOf([7]) });
  assembly.add(shard("train", 0, [[1, 2]]));
  assert.throws(() => assembly.finish(), /train has features of 1 of its 2 pictures/);
});

Deno.test("shards of another width are an error", () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5]), validation: setOf([7]) });
  assembly.add(shard("train", 0, [[1, 2]]));
  assert.throws(() => assembly.add(shard("train", 1, [[1, 2, 3]])), /features of train are 2 wide up to 1, then 3/);
});

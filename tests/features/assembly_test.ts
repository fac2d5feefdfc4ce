import assert from "node:assert/strict";
import { FeatureAssembly } from "../../src/features/assembly.ts";
import type { FeatureBatch, ImagesOf } from "../../src/features/rows/feature_set.ts";
import { allRows } from "./made_rows.ts";

const MADE_ON = { processor: "made up", threads: 1 };

function setOf(labels: number[]) {
  return { count: labels.length, labels: Int32Array.from(labels) };
}

function batch(
  part: FeatureBatch["part"],
  from: number,
  rows: number[][],
  broken: FeatureBatch["broken"] = [],
): FeatureBatch {
  const width = rows[0]?.length ?? 0;
  const features = Float32Array.from(rows.flat());
  const indices = rows.map((_, row) => from + row);
  return { part, indices, features, width, cached: false, broken, madeOn: [MADE_ON] };
}

/** Returns sets with all their rows in place of their sources. */
async function read(finished: ReturnType<FeatureAssembly["finish"]>) {
  const sets = await finished;
  const of = ({ rows, ...set }: ImagesOf) => ({ ...set, width: rows.width, features: allRows(rows) });
  return { train: of(sets.train), validation: of(sets.validation) };
}

Deno.test("rows end up at their images' places beside their labels, in whatever order they arrive", async () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5, 6]), validation: setOf([7]) });
  assembly.add(batch("validation", 0, [[9, 10]]));
  assembly.add(batch("train", 2, [[5, 6]]));
  assembly.add(batch("train", 0, [[1, 2], [3, 4]]));
  assert.deepEqual(await read(assembly.finish()), {
    train: {
      features: Float32Array.of(1, 2, 3, 4, 5, 6),
      width: 2,
      labels: Int32Array.of(4, 5, 6),
      images: Int32Array.of(0, 1, 2),
    },
    validation: {
      features: Float32Array.of(9, 10),
      width: 2,
      labels: Int32Array.of(7),
      images: Int32Array.of(0),
    },
  });
});

Deno.test("undecodable images are left out, and the remaining rows keep the indices of their images", async () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5, 4, 5]), validation: setOf([4, 5]) });
  const broken = [{ index: 0, path: "a.jpg", reason: "empty" }, { index: 2, path: "c.jpg", reason: "empty" }];
  assembly.add(batch("validation", 0, [[9, 10], [11, 12]]));
  assembly.add(batch("train", 2, [[NaN, NaN], [7, 8]], [{ index: 2, path: "c.jpg", reason: "empty" }]));
  assembly.add(batch("train", 0, [[1, 2], [3, 4]]));
  assert.deepEqual((await read(assembly.finish())).train, {
    features: Float32Array.of(1, 2, 3, 4, 7, 8),
    width: 2,
    labels: Int32Array.of(4, 5, 5),
    images: Int32Array.of(0, 1, 3),
  });

  const emptied = new FeatureAssembly({ train: setOf([4, 5, 4, 5]), validation: setOf([4, 5]) });
  emptied.add(batch("validation", 0, [[9, 10], [11, 12]]));
  emptied.add(batch("train", 0, [[NaN, NaN], [3, 4], [NaN, NaN], [7, 8]], broken));
  assert.throws(() => emptied.requireClasses(), /no training image of the class of a\.jpg can be decoded \(empty\)/);
});

Deno.test("an incomplete part is an error and is not filled up with zeros", async () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5]), validation: setOf([7]) });
  assembly.add(batch("train", 0, [[1, 2]]));
  await assert.rejects(assembly.finish(), /train has features of 1 of its 2 images/);
});

Deno.test("rows of a different width are an error", () => {
  const assembly = new FeatureAssembly({ train: setOf([4, 5]), validation: setOf([7]) });
  assembly.add(batch("train", 0, [[1, 2]]));
  assert.throws(() => assembly.add(batch("train", 1, [[1, 2, 3]])), /features of train are 2 wide, then 3/);
});

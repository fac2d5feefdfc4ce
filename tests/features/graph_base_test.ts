import assert from "node:assert/strict";
import { join } from "node:path";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import { tensorflowEngine } from "../engine.ts";
import { sharedTest, withTemporaryFolder } from "../support.ts";
import { goldenPictures } from "./goldens.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf } = await tensorflowEngine();

async function bits(spec: Awaited<ReturnType<typeof specFor>>, folder: string, cores = 2): Promise<Float32Array> {
  const base = await openGraphBase(tf, spec, goldenPictures(), folder, cores);
  const { features } = base.features(goldenPictures());
  base.dispose();
  return features;
}

const graphs = (folder: string) => [...Deno.readDirSync(join(folder, "graphs"))].map(({ name }) => name).sort();

sharedTest(
  "a base's graph is made once and gives the same bits from the cache; a damaged one is made again",
  async () => {
    await withTemporaryFolder(async (folder) => {
      const spec = await specFor(DEMO);
      const made = await bits(spec, folder);
      const [key = ""] = graphs(folder);
      const file = join(folder, "graphs", key, "saved_model.pb");
      const { ino } = Deno.statSync(file);
      assert.deepEqual(await bits(spec, folder), made);
      assert.equal(Deno.statSync(file).ino, ino, "the graph was made again");
      Deno.truncateSync(file, 1000);
      assert.deepEqual(await bits(spec, folder), made);
      assert.equal(graphs(folder).length, 1);
    });
  },
);

sharedTest("another size, preprocessing, pooling or precision has a graph of its own", async () => {
  await withTemporaryFolder(async (folder) => {
    const changes = [{}, { size: 64 }, { preprocess: "scale" }, { pooling: "avg" }, { precision: "bfloat16" }] as const;
    for (const changed of changes) await bits(await specFor(DEMO, changed), folder);
    assert.equal(graphs(folder).length, changes.length);
  });
});

sharedTest("the number of cores moves no bit, and neither does what else is in the batch", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO);
    const features = await bits(spec, folder);
    for (const cores of [1, 4]) assert.deepEqual(await bits(spec, folder, cores), features);
    const base = await openGraphBase(tf, spec, goldenPictures(), folder, 4);
    const { pixels, height, width } = goldenPictures();
    const alone = base.features({
      height,
      width,
      count: 1,
      pixels: pixels.subarray(5 * height * width * 3, 6 * height * width * 3),
    });
    base.dispose();
    assert.equal(alone.rows, 1);
    assert.deepEqual(alone.features, features.subarray(5 * alone.width, 6 * alone.width));
  });
});

sharedTest("a graph that cannot be kept costs the next run a second, not this run", async () => {
  await withTemporaryFolder(async (folder) => {
    const blocked = join(folder, "blocked");
    Deno.writeTextFileSync(blocked, "a file where the cache should be");
    const spec = await specFor(DEMO);
    assert.deepEqual(await bits(spec, blocked), await bits(spec, folder));
  });
});

sharedTest("pictures of another size or kind than the first are a defect that is named", async () => {
  await withTemporaryFolder(async (folder) => {
    const base = await openGraphBase(tf, await specFor(DEMO), goldenPictures(), folder, 2);
    const { pixels, ...rest } = goldenPictures();
    const floats = { ...rest, pixels: Float32Array.from(pixels) };
    assert.throws(() => base.features(floats), /pictures of 64×64 float32 among others of 64×64 uint8/);
    base.dispose();
  });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { graphKey, openGraphBase } from "../../../src/features/base/graph_base.ts";
import { sealedJson } from "../../../src/files/sealed_json.ts";
import { tensorflowEngine } from "../../engine.ts";
import { sharedTest, withTemporaryFolder } from "../../support.ts";
import { goldenImages } from "../goldens.ts";
import { DEMO, specFor } from "../small_set.ts";

const { tf } = await tensorflowEngine();

async function bits(spec: Awaited<ReturnType<typeof specFor>>, folder: string, cores = 2): Promise<Float32Array> {
  const base = await openGraphBase(tf, spec, goldenImages(), folder, cores);
  const { features } = base.features(goldenImages());
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

/** Seals an entry of the graph cache again with something else in it, as a program that is wrong would. */
function changeSealed(folder: string, key: string, { outputs = (kept) => kept, model }: Change): void {
  const entry = join(folder, "graphs", key);
  const kept: { inputs: object[]; outputs: object[] } = JSON.parse(Deno.readTextFileSync(join(entry, "graph.json")));
  if (model) Deno.writeFileSync(join(entry, "saved_model.pb"), model);
  const sha256 = createHash("sha256").update(Deno.readFileSync(join(entry, "saved_model.pb"))).digest("hex");
  const changed = { ...kept, key, outputs: outputs(kept.outputs, kept.inputs), sha256 };
  Deno.writeTextFileSync(join(entry, "graph.json"), sealedJson(changed));
}

interface Change {
  readonly outputs?: (kept: readonly object[], inputs: readonly object[]) => readonly object[];
  readonly model?: Uint8Array;
}

const UNUSABLE: Record<string, Change> = {
  "whose model is not one": { model: new TextEncoder().encode("no model") },
  "whose model is empty": { model: new Uint8Array() },
  "with an output that is not in it": { outputs: (kept) => kept.map((port) => ({ ...port, node: "nothing" })) },
  "with an output too few": { outputs: (kept) => kept.slice(1) },
  "that gives its inputs back": { outputs: (_, inputs) => inputs },
};

for (const [what, changed] of Object.entries(UNUSABLE)) {
  sharedTest(`a kept graph ${what} is made anew, and nobody hears of it`, async () => {
    await withTemporaryFolder(async (folder) => {
      const spec = await specFor(DEMO);
      const made = await bits(spec, folder);
      const [key = ""] = graphs(folder);
      const description = Deno.readFileSync(join(folder, "graphs", key, "graph.json"));
      changeSealed(folder, key, changed);
      const tensors = tf.memory().numTensors;
      assert.deepEqual(await bits(spec, folder), made);
      assert.equal(tf.memory().numTensors, tensors);
      assert.deepEqual(Deno.readFileSync(join(folder, "graphs", key, "graph.json")), description);
    });
  });
}

sharedTest("a kept graph that answers with something else than features is made anew", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO);
    const made = await bits(spec, folder);
    const [key = ""] = graphs(folder);
    const wider = await specFor(DEMO, { base: "densenet121" });
    // The entry of SqueezeNet is looked for, and found, where 1024 features are expected.
    const other = graphKey(wider, { height: 64, width: 64, dtype: "uint8" }, 2);
    Deno.renameSync(join(folder, "graphs", key), join(folder, "graphs", other));
    changeSealed(folder, other, {});
    // It is not opened; making the right one then needs DenseNet121's weights, which this file does not have.
    await assert.rejects(bits(wider, folder), { name: "HeadlightError" });
    assert.deepEqual(graphs(folder), []);
    assert.deepEqual(await bits(spec, folder), made);
  });
});

sharedTest("graphs of the format before are removed", async () => {
  await withTemporaryFolder(async (folder) => {
    const old = join(folder, "graphs", "0".repeat(64));
    Deno.mkdirSync(old, { recursive: true });
    Deno.writeTextFileSync(join(old, "graph.json"), JSON.stringify({ sha256: "", inputs: [], outputs: [] }));
    await bits(await specFor(DEMO), folder);
    assert.equal(existsSync(old), false);
    assert.equal(graphs(folder).length, 1);
  });
});

sharedTest("an engine of another kind, version or device has a graph of its own", async () => {
  const spec = await specFor(DEMO);
  const kind = { height: 64, width: 64, dtype: "uint8" } as const;
  const keys = [{}, { kind: "wasm" }, { version: "1.0" }, { device: "gpu" }].map((changed) =>
    graphKey({ ...spec, engine: { ...spec.engine, ...changed } as typeof spec.engine }, kind, 2)
  );
  assert.equal(new Set(keys).size, keys.length);
});

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
    const base = await openGraphBase(tf, spec, goldenImages(), folder, 4);
    const { pixels, height, width } = goldenImages();
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

sharedTest("images of another size or kind than the first are a defect that is named", async () => {
  await withTemporaryFolder(async (folder) => {
    const base = await openGraphBase(tf, await specFor(DEMO), goldenImages(), folder, 2);
    const { pixels, ...rest } = goldenImages();
    const floats = { ...rest, pixels: Float32Array.from(pixels) };
    assert.throws(() => base.features(floats), /images of 64×64 float32 among others of 64×64 uint8/);
    base.dispose();
  });
});

sharedTest("the batch that a graph was opened with has the same bits as any other batch of its images", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = goldenImages();
    const base = await openGraphBase(tf, await specFor(DEMO), images, folder, 2);
    const first = base.features(images);
    assert.deepEqual(base.features(images), first);
    assert.deepEqual(base.features({ ...images }), first);
    assert.throws(() => base.features({ ...images, count: 0 }), /without images/);
    base.dispose();
  });
});

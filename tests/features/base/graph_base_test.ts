import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ImageKind } from "../../../src/features/base/base_graph.ts";
import { openGraphBase } from "../../../src/features/base/graph_base.ts";
import { graphKey } from "../../../src/features/base/graph_keys.ts";
import { makeBaseGraph } from "../../../src/features/base/make_graph.ts";
import { type Binding, nodeBackend } from "../../../src/engine/tensorflow/node/binding.ts";
import { sealedJson } from "../../../src/files/sealed_json.ts";
import { graphEngine, tensorflowEngine } from "../../engine.ts";
import { withTemporaryFolder } from "../../support.ts";
import { madeUpImages } from "../made_up.ts";
import { DEMO, specFor } from "../small_set.ts";

const { tf, ...loaded } = await tensorflowEngine();
const engine = graphEngine({ tf, ...loaded });

async function bits(spec: Awaited<ReturnType<typeof specFor>>, folder: string, cores = 2): Promise<Float32Array> {
  const base = await openGraphBase(engine, spec, madeUpImages(8), { cacheRoot: folder, cores: cores });
  const { features } = await base.features(madeUpImages(8));
  base.dispose();
  return features;
}

const graphs = (folder: string) =>
  [...Deno.readDirSync(join(folder, "graphs"))].filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();

Deno.test("a graph that another process makes gives the same bits, and is asked for only if it is missing", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO);
    const place = (name: string) => ({ cacheRoot: join(folder, name), cores: 2 });
    const expected = await bits(spec, join(folder, "here"));
    let asked = 0;
    const open = async (name: string, makes: boolean) => {
      const makeElsewhere = async (kind: ImageKind) => {
        asked++;
        if (makes) await makeBaseGraph(engine, spec, kind, place(name));
      };
      const base = await openGraphBase(engine, spec, madeUpImages(8), { ...place(name), makeElsewhere });
      const { features } = await base.features(madeUpImages(8));
      base.dispose();
      return features;
    };
    const tensors = tf.memory().numTensors;
    assert.deepEqual(await open("elsewhere", true), expected);
    assert.deepEqual(await open("elsewhere", true), expected);
    assert.equal(asked, 1);
    assert.deepEqual(graphs(join(folder, "elsewhere")), graphs(join(folder, "here")));
    // A process whose cache cannot be written leaves no graph.
    assert.deepEqual(await open("without", false), expected);
    assert.equal(asked, 2);
    assert.equal(tf.memory().numTensors, tensors);
  });
});

Deno.test(
  "a base's graph is made once and gives the same bits from the cache, and a damaged graph is made again",
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

/** Changes an entry of the graph cache and seals it again, as a faulty program would. */
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
  "whose model is not a model": { model: new TextEncoder().encode("no model") },
  "whose model is empty": { model: new Uint8Array() },
  "with an output that it does not contain": { outputs: (kept) => kept.map((port) => ({ ...port, node: "nothing" })) },
  "with an output missing": { outputs: (kept) => kept.slice(1) },
  "that returns its inputs": { outputs: (_, inputs) => inputs },
};

for (const [what, changed] of Object.entries(UNUSABLE)) {
  Deno.test(`a cached graph ${what} is silently made again`, async () => {
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

Deno.test("a cached graph whose output does not have the shape of the features is made again", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO);
    const made = await bits(spec, folder);
    const [key = ""] = graphs(folder);
    const wider = await specFor(DEMO, { base: "densenet121" });
    // Now the entry of SqueezeNet is found where 1024 features are expected.
    const other = graphKey(wider, { height: 64, width: 64, dtype: "uint8" }, [{ batch: 4, lanes: 2 }]);
    Deno.renameSync(join(folder, "graphs", key), join(folder, "graphs", other));
    changeSealed(folder, other, {});
    // The entry is refused. Making the right one needs DenseNet121's weights, which the SqueezeNet file does not have.
    await assert.rejects(bits(wider, folder), { name: "HeadlightError" });
    assert.deepEqual(graphs(folder), []);
    assert.deepEqual(await bits(spec, folder), made);
  });
});

Deno.test("graphs in the previous format are removed", async () => {
  await withTemporaryFolder(async (folder) => {
    const old = join(folder, "graphs", "0".repeat(64));
    Deno.mkdirSync(old, { recursive: true });
    Deno.writeTextFileSync(join(old, "graph.json"), JSON.stringify({ sha256: "", inputs: [], outputs: [] }));
    await bits(await specFor(DEMO), folder);
    assert.equal(existsSync(old), false);
    assert.equal(graphs(folder).length, 1);
  });
});

Deno.test("an engine of another kind, version or device has its own graph", async () => {
  const spec = await specFor(DEMO);
  const kind = { height: 64, width: 64, dtype: "uint8" } as const;
  const keys = [{}, { kind: "wasm" }, { version: "1.0" }, { device: "gpu" }].map((changed) =>
    graphKey({ ...spec, engine: { ...spec.engine, ...changed } as typeof spec.engine }, kind, [{ batch: 4, lanes: 2 }])
  );
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("another size, preprocessing, pooling or precision has its own graph", async () => {
  await withTemporaryFolder(async (folder) => {
    const changes = [{}, { size: 64 }, { preprocess: "scale" }, { pooling: "avg" }, { precision: "bfloat16" }] as const;
    for (const changed of changes) await bits(await specFor(DEMO, changed), folder);
    assert.equal(graphs(folder).length, changes.length);
  });
});

Deno.test("neither the number of cores nor the rest of the batch changes any bit", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO);
    const features = await bits(spec, folder);
    for (const cores of [1, 4]) assert.deepEqual(await bits(spec, folder, cores), features);
    const base = await openGraphBase(engine, spec, madeUpImages(8), { cacheRoot: folder, cores: 4 });
    const { pixels, height, width } = madeUpImages(8);
    const alone = await base.features({
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

Deno.test("if a graph cannot be cached, the run goes on and the next run makes the graph again", async () => {
  await withTemporaryFolder(async (folder) => {
    const blocked = join(folder, "blocked");
    Deno.writeTextFileSync(blocked, "a file where the cache should be");
    const spec = await specFor(DEMO);
    assert.deepEqual(await bits(spec, blocked), await bits(spec, folder));
  });
});

Deno.test("images of a different size or dtype than the first are reported as an internal error", async () => {
  await withTemporaryFolder(async (folder) => {
    const base = await openGraphBase(engine, await specFor(DEMO), madeUpImages(8), { cacheRoot: folder, cores: 2 });
    const { pixels, ...rest } = madeUpImages(8);
    const floats = { ...rest, pixels: Float32Array.from(pixels) };
    await assert.rejects(base.features(floats), /images of 64×64 float32 among others of 64×64 uint8/);
    base.dispose();
  });
});

Deno.test("the batch with which a graph was opened gets the same bits as any other batch of its images", async () => {
  await withTemporaryFolder(async (folder) => {
    const images = madeUpImages(8);
    const base = await openGraphBase(engine, await specFor(DEMO), images, { cacheRoot: folder, cores: 2 });
    const first = await base.features(images);
    assert.deepEqual(await base.features(images), first);
    assert.deepEqual(await base.features({ ...images }), first);
    await assert.rejects(base.features({ ...images, count: 0 }), /without images/);
    base.dispose();
  });
});

Deno.test("how much of a base is in bfloat16 is measured once for images of any size, and kept with its graph", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO, { precision: "bfloat16" });
    const roundingOf = async (images: ReturnType<typeof madeUpImages>) => {
      const base = await openGraphBase(engine, spec, images, { cacheRoot: folder, cores: 2 });
      base.dispose();
      return base.rounding;
    };
    const rounding = await roundingOf(madeUpImages(8));
    assert.ok(rounding && rounding.share > 0.5 && rounding.error > 0 && rounding.error < 0.02);
    assert.deepEqual(await roundingOf(madeUpImages(8)), rounding);
    // A figure that no measurement gives shows that none was made.
    const [key = ""] = graphs(folder);
    const file = join(folder, "graphs", key, "graph.json");
    const { seal: _, ...kept } = JSON.parse(Deno.readTextFileSync(file));
    kept.bfloat16.rounding.error = 0.0123;
    Deno.writeTextFileSync(file, sealedJson(kept));
    const smaller = { count: 8, height: 32, width: 32, pixels: madeUpImages(2).pixels };
    assert.equal((await roundingOf(smaller))?.error, 0.0123);
    assert.equal(graphs(folder).length, 2);
  });
});

Deno.test("the base's weights are freed before what bfloat16 changes is measured with its graph", async () => {
  await withTemporaryFolder(async (folder) => {
    const spec = await specFor(DEMO, { precision: "bfloat16" });
    const before = tf.memory().numTensors;
    const atOpening: number[] = [];
    const backend = nodeBackend(tf);
    assert.ok(backend);
    const { binding } = backend;
    backend.binding = new Proxy({}, {
      get(_, property) {
        if (property === "loadSavedModel") atOpening.push(tf.memory().numTensors);
        const value = Reflect.get(binding, property);
        return typeof value === "function" ? value.bind(binding) : value;
      },
    }) as Binding;
    try {
      const kind = { height: 64, width: 64, dtype: "uint8" } as const;
      await makeBaseGraph(engine, spec, kind, { cacheRoot: folder, cores: 2 });
    } finally {
      backend.binding = binding;
    }
    assert.deepEqual(atOpening, [before]);
  });
});

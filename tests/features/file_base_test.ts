/** Bases in files that Keras wrote. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { LOGITS } from "../../src/config.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import { graphKey } from "../../src/features/base/graph_keys.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { recipeHash } from "../../src/features/rows/recipe.ts";
import { baseNetwork, baseRefOf, fileNetwork } from "../../src/model/base_network.ts";
import { softmax } from "../../src/results/metrics.ts";
import { graphEngine, tensorflowEngine } from "../engine.ts";
import { EXPECTED, IMAGES, kerasFile, MODEL_FILES, pixels, SIZE } from "../model/keras_files.ts";
import { EXPECTED as PUBLISHED, publishedFile, publishedImages } from "../model/published_files.ts";
import { withTemporaryFolder } from "../support.ts";
import { largestDifference, type photographs, relativeDifference } from "./goldens.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf, ...loaded } = await tensorflowEngine();
const engine = graphEngine({ tf, ...loaded });

const WHOLE = publishedFile("mobilenet_v2_whole.h5");

/** Returns a spec for the base in a file, with the file's own weights. */
async function specOf(path: string, changed: Partial<ExtractionSpec> & { readonly cut?: string }) {
  const { cut, ...rest } = changed;
  const base = await baseRefOf({ base: path, cut });
  assert.ok(typeof base !== "string");
  return await specFor(DEMO, { base, weights: { kind: "file", path, sha256: base.sha256 }, ...rest });
}

async function bothWays(
  spec: ExtractionSpec,
  images: ReturnType<typeof photographs>,
  check: (f: Float32Array) => void,
) {
  await withTemporaryFolder(async (folder) => {
    for (
      const base of [
        await openGraphBase(engine, spec, images, { cacheRoot: folder, cores: 2 }),
        await openEagerBase(tf, spec),
      ]
    ) {
      check((await base.features(images)).features);
      base.dispose();
    }
  });
}

Deno.test("a whole model as a base has the features of the network in it", async () => {
  const spec = await specOf(WHOLE, { size: 160, preprocess: "imagenet" });
  assert.equal((await baseNetwork(spec.base)).preprocessing, "tf");
  await bothWays(spec, await publishedImages(), (features) => {
    assert.ok(relativeDifference(features, PUBLISHED.mobilenet_v2.features) < 1e-4);
  });
});

Deno.test("a whole model up to its logits gives the probabilities of its own top", async () => {
  const spec = await specOf(WHOLE, { size: 160, preprocess: "imagenet", cut: LOGITS });
  const images = await publishedImages();
  await bothWays(spec, images, (logits) => {
    const probabilities = Float32Array.from(softmax(logits, logits.length / images.count));
    assert.ok(largestDifference(probabilities, PUBLISHED.mobilenet_v2.probabilities) < 1e-4);
  });
});

for (const [file, name] of Object.entries(MODEL_FILES)) {
  Deno.test(`${file} as a base has Keras's features on tensorflow, as a graph and op by op`, async () => {
    const spec = await specOf(kerasFile(file), { size: SIZE, preprocess: "scale" });
    const inside = (await baseNetwork(spec.base)).preprocessing === "inside";
    // The chain takes pixels as they are, so a model that scales by itself is given what undoes the division.
    const values = pixels().map((value) => inside ? value : value * 255);
    const images = { count: IMAGES, height: SIZE, width: SIZE, pixels: values as unknown as Uint8Array };
    await bothWays(spec, images, (features) => {
      assert.ok(relativeDifference(features, Float32Array.from(EXPECTED[name].features)) < 1e-4);
    });
  });
}

Deno.test("the keys of features go by a file's content and its cut, not by its path", async () => {
  await withTemporaryFolder(async (folder) => {
    const copy = join(folder, "copy.keras");
    Deno.copyFileSync(kerasFile("mixed.keras"), copy);
    const key = async (path: string, cut?: string) => {
      const spec = await specOf(path, { size: SIZE, ...(cut === undefined ? {} : { cut }) });
      return [
        recipeHash(spec),
        graphKey(spec, { height: SIZE, width: SIZE, dtype: "uint8" }, [{ batch: 4, lanes: 2 }]),
      ];
    };
    assert.deepEqual(await key(copy), await key(kerasFile("mixed.keras")));
    assert.notDeepEqual(await key(copy), await key(copy, "last"));
    assert.notDeepEqual(await key(copy), await key(kerasFile("chain.keras")));
  });
});

Deno.test("a base from a file that has changed since is refused", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "model.keras");
    Deno.copyFileSync(kerasFile("mixed.keras"), path);
    const spec = await specOf(path, { size: SIZE });
    Deno.copyFileSync(kerasFile("chain.keras"), path);
    await assert.rejects(openEagerBase(tf, spec), /model\.keras has changed since the run was set up/);
  });
});

Deno.test("--pooling applies to a base that ends in a map, and not to one that ends in a vector", async () => {
  const path = kerasFile("mixed.keras");
  const map = await fileNetwork(path, null);
  assert.equal(map.layers(SIZE, "avg").at(-1)?.type, "GlobalAveragePooling2D");
  assert.equal(map.layers(SIZE, "max").at(-1)?.type, "GlobalMaxPooling2D");
  assert.equal(map.featureWidth, 12);
  const vector = await fileNetwork(path, "hidden");
  assert.equal(vector.layers(SIZE, "max").at(-1)?.name, "hidden");
  assert.equal(vector.featureWidth, 5);
});

Deno.test("a model is known by its layers or by the network of keras.applications in it", async () => {
  for (const file of ["mixed.keras", "tutorial.keras", "keras2_tutorial.h5", "merged.keras", "keras2_caffe.h5"]) {
    assert.equal((await fileNetwork(kerasFile(file), null)).preprocessing, "inside", file);
  }
  assert.equal((await fileNetwork(kerasFile("chain.keras"), null)).preprocessing, null);
});

Deno.test("a model with a part for one size is refused for others, with the size that it was made for", async () => {
  const network = await fileNetwork(kerasFile("chain.keras"), "logits");
  assert.equal(network.madeFor, SIZE);
  assert.throws(() => network.layers(4, "max"), /it does not take images of 4×4: .*Use another --size, such as 24\.$/);
});

import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { graphEngine, tensorflowEngine } from "../engine.ts";
import { parityImages } from "../model/formula_weights.ts";
import { parity } from "../model/parity_fixture.ts";
import { EXPECTED, publishedFile, publishedImages } from "../model/published_files.ts";
import { KERAS_FEATURES } from "../photographs.ts";
import { sharedTest, withTemporaryFolder } from "../support.ts";
import { mobilenetWeights, photographs, relativeDifference, squeezenetWeights } from "./goldens.ts";
import { madeUpImages, madeUpWeights, weightsIn } from "./made_up.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf, ...loaded } = await tensorflowEngine();
const engine = graphEngine({ tf, ...loaded });

type Way = (spec: ExtractionSpec, images: ImageBatch, folder: string) => Promise<FrozenBase>;

/** Both ways of computing features, each with its own cache if it needs one. */
const WAYS: Readonly<Record<string, Way>> = {
  "as one graph": (spec, images, folder) => openGraphBase(engine, spec, images, { cacheRoot: folder, cores: 2 }),
  "op by op": (spec) => openEagerBase(tf, spec),
};

/** Returns the features of eight images, by default with made-up weights. Asserts that no tensor is left behind. */
async function featuresOf(
  way: string,
  images: ImageBatch,
  changed: Partial<ExtractionSpec>,
): Promise<Float32Array> {
  const spec = await specFor(DEMO, { size: 160, ...changed });
  const open = WAYS[way];
  assert.ok(open);
  return await withTemporaryFolder(async (folder) => {
    const start = tf.memory().numTensors;
    const base = await open(spec, images, folder);
    const built = tf.memory().numTensors;
    const { features, rows } = await base.features(images);
    assert.equal(rows, images.count);
    assert.equal(tf.memory().numTensors, built, "a batch left tensors behind");
    assert.deepEqual((await base.features(images)).features, features, "not deterministic");
    base.dispose();
    assert.equal(tf.memory().numTensors, start, "the base left tensors behind");
    return features;
  });
}

/** Features of photographs, of SqueezeNet's published weights unless told otherwise. */
async function photographFeatures(way: string, changed: Partial<ExtractionSpec>): Promise<Float32Array> {
  return await featuresOf(way, photographs(), { weights: await squeezenetWeights(), ...changed });
}

/** Files with made-up weights, and Keras's features of them. */
const PUBLISHED = [
  { base: "squeezenet11", name: "squeezenet11.h5", preprocess: "imagenet", expected: EXPECTED.squeezenet11.caffe },
  { base: "squeezenet11", name: "squeezenet11.h5", preprocess: "scale", expected: EXPECTED.squeezenet11.scale },
  { base: "densenet121", name: "densenet121.h5", preprocess: "scale", expected: EXPECTED.densenet121.scale },
  { base: "mobilenet_v2", name: "mobilenet_v2.h5", preprocess: "imagenet", expected: EXPECTED.mobilenet_v2.features },
] as const;

for (const way of Object.keys(WAYS)) {
  for (const { base, pooling, features } of parity.bases) {
    Deno.test(`${way}: ${bases[base].displayName}'s features of made-up weights and images equal Keras's`, async () => {
      const changed = { base, pooling, preprocess: "scale", weights: await madeUpWeights(base) } as const;
      const found = await featuresOf(way, await parityImages(), changed);
      assert.ok(relativeDifference(found, features) < 1e-4);
    });
  }

  for (const { base, name, preprocess, expected } of PUBLISHED) {
    Deno.test(`${way}: ${bases[base].displayName}'s features of a file in its published layout equal Keras's: ${preprocess}`, async () => {
      const weights = await weightsIn(publishedFile(name));
      const found = await featuresOf(way, await publishedImages(), { base, preprocess, weights });
      const difference = relativeDifference(found, expected);
      assert.ok(difference < 1e-4, `off by ${difference} of the largest value`);
    });
  }

  Deno.test(sharedTest(
    `${way}: SqueezeNet's features of its real weights and photographs with its own preprocessing equal Keras's`,
    async () => {
      const features = await photographFeatures(way, { preprocess: "imagenet" });
      assert.ok(relativeDifference(features, KERAS_FEATURES.squeezenet11.caffe) < 1e-4);
    },
  ));

  Deno.test(sharedTest(
    `${way}: SqueezeNet's features of its real weights and photographs, of pixels over 255 equal Keras's`,
    async () => {
      const features = await photographFeatures(way, { preprocess: "scale" });
      assert.ok(relativeDifference(features, KERAS_FEATURES.squeezenet11.scale) < 1e-4);
    },
  ));

  Deno.test(sharedTest(
    `${way}: MobileNetV2's features of real weights and photographs with its own preprocessing equal Keras's`,
    async () => {
      const weights = await mobilenetWeights();
      const features = await photographFeatures(way, { base: "mobilenet_v2", preprocess: "imagenet", weights });
      assert.ok(relativeDifference(features, KERAS_FEATURES.mobilenet_v2.tf) < 1e-4);
    },
  ));

  Deno.test(`${way}: an image has the same features in a short batch as in a full one, bit for bit`, async () => {
    const spec = await specFor(DEMO);
    await withTemporaryFolder(async (folder) => {
      const all = madeUpImages(8);
      const base = await WAYS[way]?.(spec, all, folder);
      assert.ok(base);
      const one = { ...all, count: 1, pixels: all.pixels.subarray(0, all.pixels.length / 8) };
      const alone = await base.features(one);
      const among = await base.features(all);
      assert.equal(alone.features.length, alone.width);
      assert.deepEqual(alone.features, among.features.slice(0, among.width));
      base.dispose();
    });
  });
}

Deno.test(
  "the graph's features are within 1e-5 of the largest op-by-op value, since TensorFlow fuses batch norms",
  async () => {
    const weights = await madeUpWeights("densenet121");
    const densenet = { base: "densenet121", preprocess: "imagenet", weights } as const;
    for (const changed of [densenet, { pooling: "avg" }, { preprocess: "scale" }] as const) {
      const graph = await featuresOf("as one graph", madeUpImages(8), changed);
      const difference = relativeDifference(graph, await featuresOf("op by op", madeUpImages(8), changed));
      assert.ok(difference < 1e-5, `${JSON.stringify(changed)}: ${difference}`);
    }
  },
);

Deno.test(sharedTest("MobileNetV2's features in bfloat16 are within 2 % of the largest float32 value", async () => {
  const mobilenet = { base: "mobilenet_v2", preprocess: "imagenet", weights: await mobilenetWeights() } as const;
  const float32 = await photographFeatures("as one graph", mobilenet);
  const bfloat16 = await photographFeatures("as one graph", { ...mobilenet, precision: "bfloat16" });
  assert.ok(relativeDifference(bfloat16, float32) < 0.02);
}));

for (const pooling of ["max", "avg"] as const) {
  Deno.test(`bfloat16 features are within 2 % of the largest float32 value, pooled by ${pooling}`, async () => {
    const weights = await madeUpWeights("densenet121");
    for (const changed of [{ base: "densenet121", weights, preprocess: "scale" }, { base: "squeezenet11" }] as const) {
      const float32 = await featuresOf("as one graph", madeUpImages(8), { ...changed, pooling });
      const bfloat16 = await featuresOf("as one graph", madeUpImages(8), {
        ...changed,
        pooling,
        precision: "bfloat16",
      });
      const difference = relativeDifference(bfloat16, float32);
      assert.ok(difference > 0 && difference < 0.02, `${changed.base}: ${difference}`);
    }
  });
}

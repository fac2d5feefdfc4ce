import assert from "node:assert/strict";
import { openEagerBase } from "../../src/features/base/eager.ts";
import { openGraphBase } from "../../src/features/base/graph_base.ts";
import type { FrozenBase } from "../../src/features/base/frozen_base.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { tensorflowEngine } from "../engine.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";
import { goldenArray, goldenImages, relativeDifference } from "./goldens.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf } = await tensorflowEngine();

/** Made-up weights in the layout of the published file. */
async function densenetWeights(): Promise<ExtractionSpec["weights"]> {
  const path = shared("goldens", "densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5");
  return { kind: "file", path, sha256: await weightsHash(path) };
}

/** Real weights for 160 pixels, in the layout of the published file. */
async function mobilenetWeights(): Promise<ExtractionSpec["weights"]> {
  const path = shared("weights/mobilenet_v2_160/mobilenet_v2_160_dogs_no_top.h5");
  return { kind: "file", path, sha256: await weightsHash(path) };
}

/** Both ways of computing features, each with its own cache if it needs one. */
const WAYS: Readonly<Record<string, (spec: ExtractionSpec, folder: string) => Promise<FrozenBase>>> = {
  "as one graph": (spec, folder) => openGraphBase(tf, spec, goldenImages(), folder, 2),
  "op by op": (spec) => openEagerBase(tf, spec),
};

/** Returns the features of the goldens' eight images. Asserts that no tensor is left behind. */
async function goldenFeatures(way: string, changed: Partial<ExtractionSpec>): Promise<Float32Array> {
  const spec = await specFor(DEMO, { size: 160, ...changed });
  const open = WAYS[way];
  assert.ok(open);
  return await withTemporaryFolder(async (folder) => {
    const start = tf.memory().numTensors;
    const base = await open(spec, folder);
    const built = tf.memory().numTensors;
    const { features, rows } = base.features(goldenImages());
    assert.equal(rows, 8);
    assert.equal(tf.memory().numTensors, built, "a batch left tensors behind");
    assert.deepEqual(base.features(goldenImages()).features, features, "not deterministic");
    base.dispose();
    assert.equal(tf.memory().numTensors, start, "the base left tensors behind");
    return features;
  });
}

for (const way of Object.keys(WAYS)) {
  sharedTest(`${way}: SqueezeNet's features with its own preprocessing equal Keras's`, async () => {
    const features = await goldenFeatures(way, { preprocess: "imagenet" });
    assert.ok(relativeDifference(features, goldenArray("squeezenet11_features8_caffe")) < 1e-4);
  });

  sharedTest(`${way}: SqueezeNet's features of pixels over 255 equal Keras's`, async () => {
    const features = await goldenFeatures(way, { preprocess: "scale" });
    assert.ok(relativeDifference(features, goldenArray("squeezenet11_features8_scale")) < 1e-4);
  });

  sharedTest(`${way}: DenseNet121's features equal Keras's`, async () => {
    const weights = await densenetWeights();
    const features = await goldenFeatures(way, { base: "densenet121", preprocess: "scale", weights });
    assert.ok(relativeDifference(features, goldenArray("densenet121_features8")) < 1e-4);
  });

  sharedTest(`${way}: MobileNetV2's features with its own preprocessing equal Keras's`, async () => {
    const weights = await mobilenetWeights();
    const features = await goldenFeatures(way, { base: "mobilenet_v2", preprocess: "imagenet", weights });
    assert.ok(relativeDifference(features, goldenArray("mobilenet_v2_160_features8")) < 1e-4);
  });

  sharedTest(`${way}: an image has the same features in a short batch as in a full one, bit for bit`, async () => {
    const spec = await specFor(DEMO);
    await withTemporaryFolder(async (folder) => {
      const base = await WAYS[way]?.(spec, folder);
      assert.ok(base);
      const all = goldenImages();
      const one = { ...all, count: 1, pixels: all.pixels.subarray(0, all.pixels.length / 8) };
      const alone = base.features(one);
      const among = base.features(all);
      assert.equal(alone.features.length, alone.width);
      assert.deepEqual(alone.features, among.features.slice(0, among.width));
      base.dispose();
    });
  });
}

sharedTest(
  "the graph's features are within 1e-5 of the largest op-by-op value, since TensorFlow fuses batch norms",
  async () => {
    const weights = await densenetWeights();
    const densenet = { base: "densenet121", preprocess: "imagenet", weights } as const;
    for (const changed of [densenet, { pooling: "avg" }, { preprocess: "scale" }] as const) {
      const graph = await goldenFeatures("as one graph", changed);
      const difference = relativeDifference(graph, await goldenFeatures("op by op", changed));
      assert.ok(difference < 1e-5, `${JSON.stringify(changed)}: ${difference}`);
    }
  },
);

sharedTest("MobileNetV2's features in bfloat16 are within 2 % of the largest float32 value", async () => {
  const mobilenet = { base: "mobilenet_v2", preprocess: "imagenet", weights: await mobilenetWeights() } as const;
  const float32 = await goldenFeatures("as one graph", mobilenet);
  const bfloat16 = await goldenFeatures("as one graph", { ...mobilenet, precision: "bfloat16" });
  assert.ok(relativeDifference(bfloat16, float32) < 0.02);
});

for (const pooling of ["max", "avg"] as const) {
  sharedTest(`bfloat16 features are within 2 % of the largest float32 value, pooled by ${pooling}`, async () => {
    const densenet = { base: "densenet121", weights: await densenetWeights(), preprocess: "scale" } as const;
    for (const changed of [densenet, { base: "squeezenet11" }] as const) {
      const float32 = await goldenFeatures("as one graph", { ...changed, pooling });
      const bfloat16 = await goldenFeatures("as one graph", { ...changed, pooling, precision: "bfloat16" });
      const difference = relativeDifference(bfloat16, float32);
      assert.ok(difference > 0 && difference < 0.02, `${changed.base}: ${difference}`);
    }
  });
}

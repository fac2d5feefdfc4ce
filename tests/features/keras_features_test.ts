import assert from "node:assert/strict";
import { batchFeatures, loadBase } from "../../src/features/extractor.ts";
import type { ExtractionSpec } from "../../src/features/job.ts";
import { weightsHash } from "../../src/features/weights_hash.ts";
import { tensorflowEngine } from "../engine.ts";
import { shared, sharedTest } from "../support.ts";
import { goldenArray, goldenPictures, relativeDifference } from "./goldens.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf } = await tensorflowEngine();

/** Made-up weights in the layout of the published file. */
async function densenetWeights(): Promise<ExtractionSpec["weights"]> {
  const path = shared("goldens", "densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5");
  return { kind: "file", path, sha256: await weightsHash(path) };
}

/** Features of the goldens' eight pictures; asserts that no tensor is left behind. */
async function goldenFeatures(changed: Partial<ExtractionSpec>): Promise<Float32Array> {
  const spec = await specFor(DEMO, { size: 160, ...changed });
  const start = tf.memory().numTensors;
  const base = await loadBase(tf, spec);
  const built = tf.memory().numTensors;
  const { features, rows } = batchFeatures(tf, base, goldenPictures(), spec);
  assert.equal(rows, 8);
  assert.equal(tf.memory().numTensors, built, "a batch left tensors behind");
  assert.deepEqual(batchFeatures(tf, base, goldenPictures(), spec).features, features, "not deterministic");
  base.dispose();
  assert.equal(tf.memory().numTensors, start, "the base left tensors behind");
  return features;
}

sharedTest("SqueezeNet's features with its own preprocessing are Keras's", async () => {
  const features = await goldenFeatures({ preprocess: "imagenet" });
  assert.ok(relativeDifference(features, goldenArray("squeezenet11_features8_caffe")) < 1e-4);
});

sharedTest("SqueezeNet's features of pixels over 255 are Keras's", async () => {
  const features = await goldenFeatures({ preprocess: "scale" });
  assert.ok(relativeDifference(features, goldenArray("squeezenet11_features8_scale")) < 1e-4);
});

sharedTest("DenseNet121's features are Keras's", async () => {
  const weights = await densenetWeights();
  const features = await goldenFeatures({ base: "densenet121", preprocess: "scale", weights });
  assert.ok(relativeDifference(features, goldenArray("densenet121_features8")) < 1e-4);
});

sharedTest("a picture has the same features in a short batch as in a full one, bit for bit", async () => {
  const spec = await specFor(DEMO);
  const base = await loadBase(tf, spec);
  const all = goldenPictures();
  const one = { ...all, count: 1, pixels: all.pixels.subarray(0, all.pixels.length / 8) };
  const alone = batchFeatures(tf, base, one, spec);
  const among = batchFeatures(tf, base, all, spec);
  assert.equal(alone.features.length, alone.width);
  assert.deepEqual(alone.features, among.features.slice(0, among.width));
  base.dispose();
});

import assert from "node:assert/strict";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../src/engine/engine.ts";
import { bases } from "../../src/bases/bases.ts";
import { buildNetwork } from "../../src/model/build.ts";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { describe } from "../../src/model/layers.ts";
import { randomBaseWeights } from "../../src/model/random_base.ts";
import { matchWeights } from "../../src/model/weights.ts";
import { tensorflowEngine } from "../engine.ts";
import { keepsNoTensor } from "./features.ts";
import { parityImages } from "./formula_weights.ts";

/** Eight demo images at 64×64: enough for meaningful statistics, small enough for many tests. */
async function demoImages(tf: Tf): Promise<Tensor4D> {
  const { pixels, count } = await parityImages();
  return tf.tidy(() => tf.tensor4d(pixels, [count, 64, 64, 3], "float32").div<Tensor4D>(255));
}

Deno.test("the same images give the same random base, bit for bit", async () => {
  const { tf } = await tensorflowEngine();
  await keepsNoTensor(tf, async () => {
    const images = await demoImages(tf);
    const layers = bases.densenet121.layers(64, "max");
    assert.deepEqual(randomBaseWeights(tf, layers, images), randomBaseWeights(tf, layers, images));
    images.dispose();
  });
});

Deno.test("a random base has all weights of its base, finite, with He-uniform kernels", async () => {
  const { tf } = await tensorflowEngine();
  await keepsNoTensor(tf, async () => {
    const images = await demoImages(tf);
    for (const base of Object.values(bases)) {
      const layers = base.layers(64, "max");
      const weights = randomBaseWeights(tf, layers, images);
      assert.deepEqual(matchWeights(weights, layers, base.displayName), weights);
      assert.deepEqual(weights.map((layer) => layer.name), named(layers));
      for (const { name, shape, data } of weights.flatMap((layer) => layer.weights)) {
        assert.ok(data.every(Number.isFinite));
        if (name !== "kernel") continue;
        // Only depthwise kernels have a last extent of 1 here. They work on one channel.
        const inputs = shape.length === 4 && shape[3] === 1 ? shape.slice(0, 2) : shape.slice(0, -1);
        const limit = Math.sqrt(6 / inputs.reduce((product, extent) => product * extent, 1));
        const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assert.ok(largest <= Math.fround(limit) && largest > 0.9 * limit, `${shape}: ${largest} of ${limit}`);
      }
    }
    images.dispose();
  });
});

Deno.test("each batch norm of a random base outputs mean 0 and variance 1 for the images it was measured on", async () => {
  const { tf } = await tensorflowEngine();
  await keepsNoTensor(tf, async () => {
    const images = await demoImages(tf);
    const layers = bases.densenet121.layers(64, "max");
    const weights = randomBaseWeights(tf, layers, images);
    for (const name of ["conv1_bn", "conv3_block4_0_bn", "bn"]) {
      const upTo = layers.slice(0, layers.findIndex((layer) => layer.name === name) + 1);
      const model = buildNetwork(tf, upTo, weights);
      const [mean, variance] = tf.tidy(() => {
        const output = model.predict(images);
        const moments = tf.moments(output, [0, 1, 2]);
        return [moments.mean.abs().max().dataSync()[0] ?? NaN, moments.variance.mean().dataSync()[0] ?? NaN];
      });
      assert.ok(mean < 1e-4, `${name}: mean ${mean}`);
      assert.ok(Math.abs(variance - 1) < 0.01, `${name}: variance ${variance}`);
      model.dispose();
    }
    images.dispose();
  });
});

Deno.test("features of a random base differ from image to image", async () => {
  const { tf } = await tensorflowEngine();
  await keepsNoTensor(tf, async () => {
    const images = await demoImages(tf);
    for (const base of Object.values(bases)) {
      const layers = base.layers(64, "max");
      const model = buildNetwork(tf, layers, randomBaseWeights(tf, layers, images));
      const spread = tf.tidy(() => {
        const features = model.predict(images);
        return tf.moments(features, 0).variance.mean().dataSync()[0] ?? 0;
      });
      // With Keras's own initial values this is 3e-6.
      assert.ok(spread > 1e-3, `${base.displayName}: variance ${spread}`);
      model.dispose();
    }
    images.dispose();
  });
});

function named(layers: readonly LayerSpec[]): string[] {
  return describe(layers).filter((row) => row.weights.length > 0).map((row) => row.name);
}

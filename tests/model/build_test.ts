import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { buildNetwork } from "../../src/model/build.ts";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { tensorflowEngine } from "../engine.ts";
import { assertParityFeatures, assertPublishedFeatures, keepsNoTensor, TOLERANCE } from "./features.ts";
import { formulaWeights } from "./formula_weights.ts";

Deno.test("both bases compute Keras's features for files in the published layouts on tensorflow", async () => {
  const { tf } = await tensorflowEngine();
  await assertPublishedFeatures(tf, TOLERANCE.tensorflow);
});

Deno.test("both bases compute Keras's features for formula weights and demo images on tensorflow", async () => {
  const { tf } = await tensorflowEngine();
  await assertParityFeatures(tf, TOLERANCE.tensorflow);
});

Deno.test("two networks of the same layers exist side by side and are freed one by one", async () => {
  const { tf } = await tensorflowEngine();
  await keepsNoTensor(tf, () => {
    const layers = bases.squeezenet11.layers(64, "max");
    const weights = formulaWeights(layers);
    const [first, second] = [buildNetwork(tf, layers, weights), buildNetwork(tf, layers, weights)];
    first.dispose();
    const images = tf.ones([1, 64, 64, 3]);
    const features = second.predict(images);
    assert.ok(features.dataSync().some((value) => value > 0));
    tf.dispose([images, features]);
    second.dispose();
  });
});

Deno.test("a built base keeps a single copy of its weights", async () => {
  const { tf } = await tensorflowEngine();
  await keepsNoTensor(tf, () => {
    const before = tf.memory().numBytes;
    const layers = bases.squeezenet11.layers(64, "max");
    const model = buildNetwork(tf, layers, formulaWeights(layers));
    assert.equal(tf.memory().numBytes - before, 722_496 * 4);
    model.dispose();
  });
});

Deno.test("head layers can be built too, with the given weights", async () => {
  const { tf } = await tensorflowEngine();
  const dense = (name: string, input: string): LayerSpec => {
    return { name, type: "Dense", inputs: [input], trainable: true, units: 2, activation: "relu" };
  };
  const layers: LayerSpec[] = [
    { name: "input", type: "InputLayer", inputs: [], trainable: false, shape: [1, 2, 1] },
    { name: "flatten", type: "Flatten", inputs: ["input"], trainable: true },
    dense("dense", "flatten"),
    { name: "dropout", type: "Dropout", inputs: ["dense"], trainable: true, rate: 0.5 },
  ];
  const weights = [{
    name: "dense",
    weights: [
      { name: "kernel", shape: [2, 2], data: Float32Array.of(1, -1, 10, -10) },
      { name: "bias", shape: [2], data: Float32Array.of(0.5, 100) },
    ],
  }];
  await keepsNoTensor(tf, () => {
    const model = buildNetwork(tf, layers, weights);
    const input = tf.tensor4d([2, 3], [1, 1, 2, 1]);
    const output = model.predict(input);
    assert.deepEqual([...output.dataSync()], [32.5, 68]);
    tf.dispose([input, output]);
    model.dispose();
  });
  assert.throws(() => buildNetwork(tf, layers, []), /no weights given for layer dense/);
});

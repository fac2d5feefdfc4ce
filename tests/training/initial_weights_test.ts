import assert from "node:assert/strict";
import { initialWeights } from "../../src/training/initial_weights.ts";
import { glorotUniform, stream } from "../../src/training/random.ts";
import { madeUpHead } from "./made_up.ts";

Deno.test("the lesson's head is drawn from the streams that its kernels have always had", () => {
  const weights = initialWeights(madeUpHead(12, { classes: 4 }), 2);
  assert.deepEqual(weights["dense/kernel"], glorotUniform([12, 50], stream(2, "kernel")));
  assert.deepEqual(weights["dense_1/kernel"], glorotUniform([50, 4], stream(2, "output_kernel")));
});

Deno.test("each further kernel is drawn from a stream of its own, named after its layer", () => {
  const weights = initialWeights(madeUpHead(12, { head: "dense:6,dense:6,dense:6", classes: 6 }), 2);
  assert.deepEqual(weights["dense_2/kernel"], glorotUniform([6, 6], stream(2, "dense_2/kernel")));
  assert.deepEqual(weights["dense_3/kernel"], glorotUniform([6, 6], stream(2, "dense_3/kernel")));
  assert.notDeepEqual(weights["dense_2/kernel"], weights["dense_3/kernel"]);
});

Deno.test("initial values are Keras's: kernels within Glorot's limit, ones for gamma and variance, zeros for the rest", () => {
  const weights = initialWeights(madeUpHead(12, { head: "bn,dense:8:relu", classes: 4 }), 2);
  const limit = Math.sqrt(6 / (12 + 8));
  const largest = Math.max(...(weights["dense/kernel"] ?? []).map(Math.abs));
  assert.ok(largest <= limit && largest > 0.9 * limit, `${largest}, limit ${limit}`);
  for (const name of ["gamma", "moving_variance"]) {
    assert.deepEqual(weights[`batch_normalization/${name}`], new Float32Array(12).fill(1));
  }
  for (const name of ["batch_normalization/beta", "batch_normalization/moving_mean"]) {
    assert.deepEqual(weights[name], new Float32Array(12));
  }
  assert.deepEqual(weights["dense/bias"], new Float32Array(8));
  // A convolution's fans count every place of its window.
  const kernel = glorotUniform([3, 3, 16, 50], stream(2, "conv2d/kernel"));
  const most = Math.max(...kernel.map(Math.abs));
  const convolutionLimit = Math.sqrt(6 / (9 * (16 + 50)));
  assert.ok(most <= convolutionLimit && most > 0.99 * convolutionLimit, `${most}, limit ${convolutionLimit}`);
});

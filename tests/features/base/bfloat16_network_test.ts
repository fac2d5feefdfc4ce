import assert from "node:assert/strict";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../../src/engine/engine.ts";
import type { Graph } from "../../../src/engine/tensorflow/capture/graph.ts";
import { evaluate } from "../../../src/engine/tensorflow/capture/evaluate.ts";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { openSession } from "../../../src/engine/tensorflow/capture/session.ts";
import { toBfloat16 } from "../../../src/engine/tensorflow/rewrite/bfloat16.ts";
import { poolFirst } from "../../../src/engine/tensorflow/rewrite/pool_first.ts";
import { inBfloat16 } from "../../../src/features/base/bfloat16_network.ts";
import { floatNodes } from "../../../src/features/base/float_nodes.ts";
import { measuredImages } from "../../../src/features/base/measured_images.ts";
import { tensorflowEngine } from "../../engine.ts";

const { tf } = await tensorflowEngine();
const BATCH = 4;

/** Returns a He-uniform kernel, which preserves the scale of the values. */
function kernel(shape: readonly [number, number, number, number], seed: number): Tensor4D {
  const [height, width, inputs] = shape;
  const limit = Math.sqrt(6 / (height * width * inputs));
  return tf.randomUniform([...shape], -limit, limit, "float32", seed);
}

/**
 * Halves the images five times, like DenseNet: by a convolution, a maximum pool and three average pools, with layers in
 * between.
 */
function network(tf: Tf, pixels: Tensor4D): Tensor {
  const convolve = (x: Tensor, side: number, outputs: number, seed: number, strides = 1) =>
    tf.conv2d(x as Tensor4D, kernel([side, side, x.shape[3] ?? 0, outputs], seed), strides, "same");
  let x: Tensor = tf.maxPool(tf.relu(convolve(pixels, 7, 16, 1, 2)) as Tensor4D, 3, 2, "same");
  for (const seed of [2, 4, 6]) {
    const seen = tf.relu(convolve(tf.relu(convolve(x, 3, 32, seed)), 1, 24, seed + 1));
    x = tf.avgPool(convolve(seen, 1, 16, 10 * seed), 2, 2, "valid");
  }
  return tf.relu(convolve(x, 3, 32, 8)).max([1, 2]);
}

const prepared = record(tf, "prepared", (pixels) => (pixels as Tensor).toFloat().div(255), {
  dtype: "uint8",
  shape: [BATCH, 64, 64, 3],
}).graph;
const graph = poolFirst(
  record(tf, "network", (x) => network(tf, x as Tensor4D), { dtype: "float32", shape: [BATCH, 64, 64, 3] }).graph,
);

Deno.test("the first layers, the average pools with the convolutions after them, and the last layers stay in float32", () => {
  const floats = floatNodes(graph);
  const stay = (op: string) => graph.nodes.filter((node) => node.op === op).map(({ name }) => floats.has(name));
  assert.deepEqual(stay("Conv2D"), [
    true,
    ...[false, false, true],
    ...[false, false, true],
    ...[false, false, true],
    true,
  ]);
  assert.deepEqual([...stay("MaxPool"), ...stay("AvgPool"), ...stay("Max")], [true, true, true, true, true]);
});

Deno.test("a network that halves its images only once is computed entirely in bfloat16", () => {
  const few =
    record(tf, "few", (x) => tf.maxPool(tf.conv2d(x as Tensor4D, kernel([3, 3, 3, 4], 1), 2, "same"), 2, 1, "same"), {
      dtype: "float32",
      shape: [BATCH, 8, 8, 3],
    }).graph;
  assert.equal(floatNodes(few).size, 0);
});

Deno.test("features in bfloat16 have half the error of plain rounding of every weight, and no tensor is left", async () => {
  // Other images than those that guided the rounding of the kernels.
  const others = await measuredImages(4 * BATCH);
  const pixels = others.pixels.slice(others.pixels.length * 0.75);
  assert.ok(pixels instanceof Uint8Array);
  const [input] = evaluate(tf, prepared, [pixels]);
  assert.ok(input?.values instanceof Float32Array);
  const { values } = input;
  const before = tf.memory().numTensors;
  const { graph: careful, rounding } = await inBfloat16(tf, graph, BATCH, () => prepared);
  assert.equal(tf.memory().numTensors, before);
  assert.equal(rounding.refused, null);
  assert.ok(rounding.error !== null && rounding.error > 0 && rounding.error < 0.02);
  const [expected, mine, plain] = [graph, careful, toBfloat16(graph)].map((one) => run(one, values));
  assert.ok(expected && mine && plain);
  const off = (found: Float32Array) =>
    Math.sqrt(found.reduce((sum, value, at) => sum + (value - (expected[at] ?? NaN)) ** 2, 0));
  assert.ok(off(mine) > 0 && off(mine) < off(plain) / 2, `${off(mine)} against ${off(plain)}`);
});

Deno.test("a network whose errors add up stays in float32 as far as it must", async () => {
  const grown = record(tf, "grown", (pixels) => {
    const convolve = (x: Tensor, outputs: number, seed: number, strides: number) =>
      tf.conv2d(x as Tensor4D, kernel([3, 3, x.shape[3] ?? 0, outputs], seed), strides, "same");
    let x: Tensor = tf.relu(convolve(pixels as Tensor, 16, 1, 2));
    for (let block = 1; block <= 4; block++) {
      // Numbers near 100 have no fractions in bfloat16.
      x = tf.add(x, tf.sub(tf.add(convolve(x, 16, 10 * block, 1), 100), 100));
      x = tf.maxPool(x as Tensor4D, 2, 2, "valid");
    }
    return x.max([1, 2]);
  }, { dtype: "float32", shape: [BATCH, 64, 64, 3] }).graph;
  const [input] = evaluate(tf, prepared, [(await measuredImages(4 * BATCH)).pixels.slice(0, BATCH * 64 * 64 * 3)]);
  assert.ok(input?.values instanceof Float32Array);
  const { values } = input;
  const chosen = await inBfloat16(tf, grown, BATCH, () => prepared);
  const { refused } = chosen.rounding;
  assert.ok(refused?.error && refused.error >= refused.limit);
  const [expected, mine, plain] = [grown, chosen.graph, toBfloat16(grown)]
    .map((one) => run(one, values));
  assert.ok(expected && mine && plain);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = (found: Float32Array) =>
    found.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected[at] ?? NaN))), 0) / largest;
  assert.ok(off(plain) > 0.02, `${off(plain)}`);
  assert.ok(off(mine) < 0.02, `${off(mine)}`);
});

function run(graph: Graph, input: Float32Array): Float32Array {
  const session = openSession(tf, "network", graph, ["input"]);
  const [found] = session.run([input]);
  session.dispose();
  assert.ok(found);
  const values = Float32Array.from(found.dataSync());
  found.dispose();
  return values;
}

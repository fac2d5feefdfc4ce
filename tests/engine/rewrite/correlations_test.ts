import assert from "node:assert/strict";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { evaluate } from "../../../src/engine/tensorflow/capture/evaluate.ts";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { bfloat16Of, floatOf } from "../../../src/engine/tensorflow/rewrite/bfloat16.ts";
import { byName, floatsOf } from "../../../src/engine/tensorflow/rewrite/batch_norm.ts";
import { type Correlations, correlationsOf } from "../../../src/engine/tensorflow/rewrite/correlations.ts";
import { halvings } from "../../../src/engine/tensorflow/rewrite/halvings.ts";
import { convolutionsToRound, roundKernels } from "../../../src/engine/tensorflow/rewrite/round_kernels.ts";
import { withCorrelations } from "../../../src/engine/tensorflow/rewrite/with_correlations.ts";
import { tensorflowEngine } from "../../engine.ts";
import { floats, numbers } from "../capture/made_up.ts";

const { tf } = await tensorflowEngine();
const NONE: ReadonlySet<string> = new Set();

function recorded(shape: readonly number[], fn: (x: Tensor4D) => Tensor) {
  return record(tf, "network", (x) => fn(x as Tensor4D), { dtype: "float32", shape }).graph;
}

/** Returns the correlations of one convolution of images, computed in this many calls with the same images. */
function correlated(shape: readonly number[], kernel: readonly number[], calls = 1): Correlations {
  const graph = recorded(shape, (x) => tf.conv2d(x, floats<Tensor4D>(tf, kernel, 1), 1, "same"));
  const convolutions = convolutionsToRound(graph, NONE);
  const measuring = withCorrelations(graph, convolutions);
  const outputs = Array.from({ length: calls }, () => evaluate(tf, measuring, [numbers(shape)]));
  const [found] = correlationsOf(convolutions, outputs);
  assert.ok(found);
  return found;
}

const near = (found: number | undefined, expected: number) =>
  assert.ok(
    found !== undefined && Math.abs(found - expected) < 1e-3 * Math.max(1, Math.abs(expected)),
    `${found}: ${expected}`,
  );

Deno.test("channels are correlated over all positions of all images", () => {
  const shape = [2, 4, 6, 3] as const;
  const { channels: [block] } = correlated(shape, [1, 1, 3, 2]);
  assert.ok(block);
  const values = numbers(shape);
  for (let one = 0; one < 3; one++) {
    for (let other = 0; other < 3; other++) {
      let sum = 0;
      for (let place = 0; place < 2 * 4 * 6; place++) {
        sum += (values[place * 3 + one] ?? NaN) * (values[place * 3 + other] ?? NaN);
      }
      near(block.products[one * 3 + other], sum);
    }
  }
});

Deno.test("positions are correlated by their distance, with zeros around the image", () => {
  const shape = [1, 4, 5, 2] as const;
  const { places } = correlated(shape, [3, 2, 2, 2]);
  const values = numbers(shape);
  const at = (row: number, column: number, channel: number) =>
    row < 0 || row >= 4 || column < 0 || column >= 5 ? 0 : values[(row * 5 + column) * 2 + channel] ?? NaN;
  for (let one = 0; one < 6; one++) {
    for (let other = one; other < 6; other++) {
      const [down, right] = [Math.floor(other / 2) - Math.floor(one / 2), other % 2 - one % 2];
      let sum = 0;
      for (let row = 0; row < 4; row++) {
        for (let column = 0; column < 5; column++) {
          for (const channel of [0, 1]) sum += at(row, column, channel) * at(row + down, column + right, channel);
        }
      }
      near(places[one * 6 + other], sum);
    }
  }
});

Deno.test("many channels are split into blocks of equal size, and calls add up", () => {
  const [once, twice] = [1, 2].map((calls) => correlated([1, 2, 2, 200], [1, 1, 200, 2], calls));
  assert.ok(once && twice);
  assert.deepEqual(once.channels.map(({ from, size }) => [from, size]), [[0, 100], [100, 100]]);
  const values = numbers([1, 2, 2, 200]);
  const [third, seventh] = [103, 107].map((channel) =>
    [0, 1, 2, 3].map((place) => values[place * 200 + channel] ?? NaN)
  );
  near(
    once.channels[1]?.products[3 * 100 + 7],
    (third ?? []).reduce((sum, value, at) => sum + value * (seventh?.[at] ?? NaN), 0),
  );
  once.channels.forEach(({ products }, block) =>
    products.forEach((sum, at) => near(twice.channels[block]?.products[at], 2 * sum))
  );
  near(twice.places[0], 2 * (once.places[0] ?? NaN));
});

Deno.test("a convolution is the last node that needs its images, so that they can be freed once it has run", () => {
  const graph = recorded([1, 4, 4, 3], (x) => {
    const kernels = [1, 2, 3].map((seed) => floats<Tensor4D>(tf, [3, 3, 3, 3], seed));
    return kernels.reduce((from, kernel) => tf.relu(tf.conv2d(from, kernel, 1, "same")), x);
  });
  const convolutions = convolutionsToRound(graph, NONE);
  const { nodes } = withCorrelations(graph, convolutions);
  const readersOf = (images: string) => nodes.filter(({ inputs }) => inputs.includes(images));
  assert.equal(convolutions.length, 3);
  for (const { images, name } of convolutions) {
    assert.ok(readersOf(images).length > 1, `${images} is not correlated`);
    assert.equal(readersOf(images).at(-1)?.name, name);
  }
});

Deno.test("kernels in the graph are rounded, except those that stay in float32 and those that other nodes need", () => {
  const shared = floats<Tensor4D>(tf, [1, 1, 3, 3], 3);
  const graph = recorded([1, 4, 4, 3], (x) => {
    const seen = [1, 2].reduce((from, seed) => tf.conv2d(from, floats<Tensor4D>(tf, [3, 3, 3, 3], seed), 1, "same"), x);
    return tf.conv2d(tf.conv2d(seen, shared, 1, "same"), shared, 1, "same");
  });
  const [first = "", second = ""] = graph.nodes.filter(({ op }) => op === "Conv2D").map(({ name }) => name);
  const convolutions = convolutionsToRound(graph, new Set([first]));
  assert.deepEqual(convolutions.map(({ images }) => images), [first]);
  const outputs = evaluate(tf, withCorrelations(graph, convolutions), [numbers([1, 4, 4, 3])]);
  const rounded = roundKernels(graph, convolutions, correlationsOf(convolutions, [outputs]));
  const changed = rounded.nodes.filter((node, at) => node !== graph.nodes[at]);
  assert.deepEqual(changed.map(({ name }) => name), [byName(graph).get(second)?.inputs[1]]);
  const values = floatsOf(changed[0]);
  assert.ok(values);
  assert.deepEqual(values, values.map((value) => floatOf(bfloat16Of(value))));
});

Deno.test("strides of convolutions and of pools halve the images", () => {
  const graph = recorded([1, 16, 16, 3], (x) => {
    const seen = tf.conv2d(
      tf.conv2d(x, floats<Tensor4D>(tf, [3, 3, 3, 3], 1), 2, "same"),
      floats<Tensor4D>(tf, [1, 1, 3, 3], 2),
      1,
      "same",
    );
    return tf.avgPool(tf.maxPool(seen, 3, 2, "same"), 2, 2, "valid");
  });
  const ops = new Map(graph.nodes.map(({ name, op }) => [name, op]));
  assert.deepEqual(halvings(graph).map((name) => ops.get(name)), ["Conv2D", "MaxPool", "AvgPool"]);
});

Deno.test("a convolution and the shortcut beside it halve the images once", () => {
  const kernel = (seed: number) => floats<Tensor4D>(tf, [1, 1, 3, 3], seed);
  const graph = recorded([1, 16, 16, 3], (x) => {
    const sum = tf.add<Tensor4D>(tf.conv2d(x, kernel(1), 2, "same"), tf.conv2d(x, kernel(2), 2, "same"));
    return tf.maxPool(sum, 2, 2, "valid");
  });
  const ops = new Map(graph.nodes.map(({ name, op }) => [name, op]));
  assert.deepEqual(halvings(graph).map((name) => ops.get(name)), ["Conv2D", "MaxPool"]);
});

import assert from "node:assert/strict";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../../src/engine/engine.ts";
import { poolFirst } from "../../../src/engine/tensorflow/rewrite/pool_first.ts";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { openSession } from "../../../src/engine/tensorflow/capture/session.ts";
import { tensorflowEngine } from "../../engine.ts";
import { floats, take } from "../capture/made_up.ts";

interface Case {
  readonly body: (tf: Tf, x: Tensor4D) => Tensor;
  readonly swaps: boolean;
}

const one = (tf: Tf) => floats<Tensor4D>(tf, [1, 1, 3, 5], 1);

const CASES: Readonly<Record<string, Case>> = {
  "a 1×1 convolution and an average pool": {
    body: (tf, x) => tf.relu(tf.avgPool(tf.conv2d(x, one(tf), 1, "valid"), 2, 2, "valid")),
    swaps: true,
  },
  "a 3×3 convolution": {
    body: (tf, x) => tf.avgPool(tf.conv2d(x, floats<Tensor4D>(tf, [3, 3, 3, 5], 1), 1, "same"), 2, 2, "valid"),
    swaps: false,
  },
  "a convolution with strides": {
    body: (tf, x) => tf.avgPool(tf.conv2d(x, one(tf), 2, "valid"), 2, 2, "valid"),
    swaps: false,
  },
  "a maximum pool": { body: (tf, x) => tf.maxPool(tf.conv2d(x, one(tf), 1, "valid"), 2, 2, "valid"), swaps: false },
  "a convolution with another consumer": {
    body: (tf, x) => {
      const seen = tf.conv2d(x, one(tf), 1, "valid");
      return tf.avgPool(seen, 2, 2, "valid").sum([1, 2]).add(seen.sum([1, 2]));
    },
    swaps: false,
  },
};

for (const [what, { body, swaps }] of Object.entries(CASES)) {
  Deno.test(`${what}: the pool ${swaps ? "moves to the front" : "stays where it was"}, and the result is the same`, async () => {
    const { tf } = await tensorflowEngine();
    const x = floats<Tensor4D>(tf, [2, 8, 6, 3]);
    const { graph } = record(tf, what, (given) => body(tf, given as Tensor4D), x);
    const rewritten = poolFirst(graph);
    const ops = (nodes: typeof graph.nodes) => nodes.map(({ op }) => op).filter((op) => /Pool|Conv/.test(op));
    assert.deepEqual(ops(rewritten.nodes), swaps ? ops(graph.nodes).reverse() : ops(graph.nodes));
    const session = openSession(tf, what, rewritten, ["x"]);
    const [found] = session.run([x]);
    const expected = take(tf.tidy(() => body(tf, x)));
    assert.ok(found);
    const { shape, values } = take(found);
    assert.deepEqual(shape, expected.shape);
    values.forEach((value, place) => assert.ok(Math.abs(value - (expected.values[place] ?? NaN)) < 1e-5));
    session.dispose();
    x.dispose();
  });
}

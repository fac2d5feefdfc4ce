import assert from "node:assert/strict";
import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../../src/engine/engine.ts";
import { bfloat16Of, floatOf, toBfloat16 } from "../../../src/engine/tensorflow/rewrite/bfloat16.ts";
import { byName, floatsOf } from "../../../src/engine/tensorflow/rewrite/batch_norm.ts";
import { depthwiseBatchNorms } from "../../../src/engine/tensorflow/rewrite/depthwise_batch_norm.ts";
import { foldBatchNorms } from "../../../src/engine/tensorflow/rewrite/fold_batch_norm.ts";
import type { Graph } from "../../../src/engine/tensorflow/capture/graph.ts";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { roundFactors } from "../../../src/engine/tensorflow/rewrite/round_factors.ts";
import { openSession } from "../../../src/engine/tensorflow/capture/session.ts";
import { tensorflowEngine } from "../../engine.ts";
import { floats, take } from "../capture/made_up.ts";

const { tf } = await tensorflowEngine();
const INPUT = floats<Tensor4D>(tf, [2, 6, 6, 8]);

function norm(x: Tensor4D, seed: number): Tensor4D {
  const one = (at: number): Tensor1D => floats<Tensor1D>(tf, [x.shape[3]], seed + at);
  return tf.batchNorm4d(x, one(1), tf.abs(one(2)) as Tensor1D, one(3), one(4), 0.001);
}

const convolution = (x: Tensor4D, side: number, seed: number): Tensor4D =>
  tf.conv2d(x, floats<Tensor4D>(tf, [side, side, x.shape[3], 8], seed), 1, "same");

function recorded(fn: (tf: Tf, x: Tensor4D) => Tensor): { graph: Graph; expected: number[] } {
  const { graph } = record(tf, "network", (x) => fn(tf, x as Tensor4D), INPUT);
  return { graph, expected: [...take(tf.tidy(() => fn(tf, INPUT))).values] };
}

function run(graph: Graph): number[] {
  const session = openSession(tf, "network", graph, ["x"]);
  const [found] = session.run([INPUT]);
  session.dispose();
  assert.ok(found);
  return [...take(found).values];
}

/** The largest difference, relative to the largest value. */
function difference(found: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(value - (found[index] ?? NaN)))) / largest;
}

const count = ({ nodes }: Graph, op: RegExp) => nodes.filter((node) => op.test(node.op)).length;
const NORM = /^FusedBatchNorm/;

Deno.test("a batch norm after a convolution with no other consumer is folded into its kernel with the same result", () => {
  const { graph, expected } = recorded((_, x) => tf.relu(norm(convolution(x, 3, 1), 10)));
  const folded = foldBatchNorms(graph);
  assert.deepEqual([count(graph, NORM), count(folded, NORM), count(folded, /^BiasAdd$/)], [1, 0, 1]);
  assert.ok(difference(run(folded), expected) < 1e-5);
});

Deno.test("a batch norm after a depthwise convolution is folded into its kernel with the same result", () => {
  const depthwise = (x: Tensor4D) => tf.depthwiseConv2d(x, floats<Tensor4D>(tf, [3, 3, x.shape[3], 2], 1), 1, "same");
  const { graph, expected } = recorded((_, x) => tf.relu6(norm(depthwise(x), 10)));
  const folded = foldBatchNorms(graph);
  assert.deepEqual([count(graph, NORM), count(folded, NORM), count(folded, /^BiasAdd$/)], [1, 0, 1]);
  assert.ok(difference(run(folded), expected) < 1e-5);
});

Deno.test("the bias of a convolution is folded with the batch norm after it, and one addition is left", () => {
  const { graph, expected } = recorded((_, x) =>
    norm(tf.add<Tensor4D>(convolution(x, 3, 1), floats<Tensor1D>(tf, [8], 2)), 10)
  );
  const folded = foldBatchNorms(graph);
  assert.deepEqual([count(graph, /^Add/), count(folded, NORM), count(folded, /^(Add|BiasAdd)/)], [1, 0, 1]);
  assert.ok(difference(run(folded), expected) < 1e-5);
});

const KEPT: Readonly<Record<string, (tf: Tf, x: Tensor4D) => Tensor>> = {
  "a batch norm of an image": (_, x) => norm(x, 10),
  "a batch norm after a convolution with another consumer": (_, x) => {
    const seen = convolution(x, 1, 1);
    return norm(seen, 10).add(seen);
  },
  "a batch norm after a sum of two convolutions": (_, x) =>
    norm(tf.add<Tensor4D>(convolution(x, 1, 1), convolution(x, 1, 2)), 10),
};

for (const [what, fn] of Object.entries(KEPT)) {
  Deno.test(`${what} is not folded, and as a depthwise convolution it gives the same result`, () => {
    const { graph, expected } = recorded(fn);
    assert.deepEqual(foldBatchNorms(graph).nodes, graph.nodes);
    const depthwise = depthwiseBatchNorms(graph);
    assert.deepEqual([count(depthwise, NORM), count(depthwise, /^DepthwiseConv2dNative$/)], [0, 1]);
    assert.ok(difference(run(depthwise), expected) < 1e-5);
  });
}

Deno.test("a batch norm that is being trained is left as it is", () => {
  const { graph } = recorded((_, x) => norm(convolution(x, 1, 1), 10));
  const learning = {
    ...graph,
    nodes: graph.nodes.map((node) =>
      NORM.test(node.op)
        ? { ...node, attributes: { ...node.attributes, is_training: { kind: "bool", value: true } as const } }
        : node
    ),
  };
  assert.deepEqual(depthwiseBatchNorms(foldBatchNorms(learning)).nodes, learning.nodes);
});

/** Pre-activation as in DenseNet: batch norm, relu, convolution. */
const preActivation = (_: Tf, x: Tensor4D) => convolution(tf.relu(norm(x, 10)), 1, 1).mean([1, 2]);

Deno.test("factors are rounded to bfloat16 numbers, and the next kernel compensates for the rounding", () => {
  const { graph, expected } = recorded(preActivation);
  const depthwise = depthwiseBatchNorms(graph);
  const rounded = roundFactors(depthwise);
  const nodes = byName(rounded);
  const scaling = rounded.nodes.find(({ op }) => op === "DepthwiseConv2dNative");
  const factors = floatsOf(nodes.get(scaling?.inputs[1] ?? ""));
  assert.ok(factors && factors.length === 8);
  for (const factor of factors) assert.ok(Math.abs(floatOf(bfloat16Of(factor)) / factor - 1) < 1e-6, `${factor}`);
  assert.notDeepEqual(rounded.nodes, depthwise.nodes);
  assert.ok(difference(run(rounded), expected) < 1e-5);
});

Deno.test("factors whose result is also used outside convolutions stay as they are", () => {
  const { graph } = recorded((_, x) => {
    const activated = tf.relu(norm(x, 10)) as Tensor4D;
    return convolution(activated, 1, 1).add(activated);
  });
  const depthwise = depthwiseBatchNorms(graph);
  assert.deepEqual(roundFactors(depthwise).nodes, depthwise.nodes);
});

Deno.test("in bfloat16 a batch norm with rounded factors is closer to float32", () => {
  let [plain, better] = [0, 0];
  for (let seed = 0; seed < 8; seed++) {
    const { graph, expected } = recorded((_, x) =>
      convolution(tf.relu(norm(x, 10 * seed + 10)), 1, 10 * seed).mean([1, 2])
    );
    const depthwise = depthwiseBatchNorms(graph);
    plain += difference(run(toBfloat16(depthwise)), expected);
    better += difference(run(toBfloat16(roundFactors(depthwise))), expected);
  }
  assert.ok(better < plain, `${better / 8} against ${plain / 8}`);
});

import assert from "node:assert/strict";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../../src/engine/engine.ts";
import type { Graph } from "../../../src/engine/tensorflow/capture/graph.ts";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { openSession } from "../../../src/engine/tensorflow/capture/session.ts";
import { bfloat16Of, floatOf, toBfloat16 } from "../../../src/engine/tensorflow/rewrite/bfloat16.ts";
import { tensorflowEngine } from "../../engine.ts";
import { floats, take } from "../capture/made_up.ts";

const { tf } = await tensorflowEngine();
const INPUT = floats<Tensor4D>(tf, [2, 6, 6, 8]);

const kernel = (seed: number) => floats<Tensor4D>(tf, [1, 1, 8, 8], seed);

function recorded(fn: (tf: Tf, x: Tensor4D) => Tensor): Graph {
  return record(tf, "network", (x) => fn(tf, x as Tensor4D), INPUT).graph;
}

function run(graph: Graph): number[][] {
  const session = openSession(tf, "network", graph, ["x"]);
  const found = session.run([INPUT]).map((tensor) => [...take(tensor).values]);
  session.dispose();
  return found;
}

const half = (value: number) => floatOf(bfloat16Of(value));
const typeOf = ({ nodes }: Graph, name: string) => nodes.find((node) => node.name === name)?.attributes["T"];

Deno.test("bfloat16 rounds to nearest, ties to even, and keeps infinities and NaN", () => {
  const cases = [[1, 1], [1 + 2 ** -8, 1], [1 + 3 * 2 ** -8, 1 + 2 ** -6], [-Infinity, -Infinity], [NaN, NaN]] as const;
  for (const [value, expected] of cases) assert.equal(floatOf(bfloat16Of(value)), expected);
});

Deno.test("nodes that must stay in float32 do, with casts where they meet the others", () => {
  const graph = recorded((tf, x) =>
    tf.relu(tf.conv2d(tf.relu(tf.conv2d(x, kernel(1), 1, "same")) as Tensor4D, kernel(2), 1, "same"))
  );
  const [first, second] = graph.nodes.filter(({ op }) => op === "Conv2D").map(({ name }) => name);
  assert.ok(first && second);
  const mixed = toBfloat16(graph, new Set([first]));
  assert.deepEqual(typeOf(mixed, first), { kind: "type", value: "float32" });
  assert.deepEqual(typeOf(mixed, second), { kind: "type", value: "bfloat16" });
  const casts = mixed.nodes.filter(({ op }) => op === "Cast").map(({ inputs: [input] }) => input);
  assert.deepEqual(casts.length, 2);
  assert.equal(casts[0], first);
  const [found = []] = run(mixed);
  const [whole = []] = run(toBfloat16(graph));
  const [expected = []] = run(graph);
  const off = (values: readonly number[]) =>
    values.reduce((sum, value, at) => sum + Math.abs(value - (expected[at] ?? NaN)), 0);
  assert.ok(off(found) > 0 && off(found) < off(whole), `${off(found)} against ${off(whole)}`);
});

Deno.test("a graph all of whose nodes stay in float32 is not changed", () => {
  const graph = recorded((tf, x) => tf.relu(tf.conv2d(x, kernel(1), 1, "same")));
  const same = toBfloat16(graph, new Set(graph.nodes.map(({ name }) => name)));
  assert.deepEqual(run(same), run(graph));
  assert.equal(same.nodes.length, graph.nodes.length);
});

Deno.test("a constant that both precisions need exists in both", () => {
  const shared = kernel(1);
  const graph = recorded((tf, x) => tf.conv2d(tf.conv2d(x, shared, 1, "same"), shared, 1, "same"));
  const [first = ""] = graph.nodes.filter(({ op }) => op === "Conv2D").map(({ name }) => name);
  const mixed = toBfloat16(graph, new Set([first]));
  const types = mixed.nodes.filter(({ op }) => op === "Const").map(({ attributes: { dtype } }) => dtype?.value);
  assert.deepEqual(types.toSorted(), ["bfloat16", "float32"]);
  run(mixed);
});

Deno.test("an output that another node needs too is returned as rounded float32", () => {
  const graph = recorded((tf, x) => tf.relu(x));
  const relu = graph.nodes.find(({ op }) => op === "Relu");
  assert.ok(relu);
  const output = { node: relu.name, dtype: "float32", shape: INPUT.shape } as const;
  const [inside = [], outside = []] = run(toBfloat16({ ...graph, outputs: [output, ...graph.outputs] }));
  assert.deepEqual(inside, outside);
  assert.deepEqual(inside, inside.map(half));
});

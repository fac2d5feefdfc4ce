import assert from "node:assert/strict";
import type { Tensor2D } from "@tensorflow/tfjs";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { openSession } from "../../../src/engine/tensorflow/capture/session.ts";
import { sideBySide } from "../../../src/engine/tensorflow/rewrite/side_by_side.ts";
import { tensorflowEngine } from "../../engine.ts";
import { floats, take } from "../capture/made_up.ts";

Deno.test("copies of a graph side by side give their own results, bit for bit, and share their constants", async () => {
  const { tf } = await tensorflowEngine();
  const weights = floats<Tensor2D>(tf, [7, 5], 1);
  const fn = (x: Tensor2D) => tf.relu(x.matMul(weights)).add(1);
  const examples = [2, 3, 4].map((seed) => floats<Tensor2D>(tf, [3, 7], seed));
  const [first] = examples;
  assert.ok(first);
  const { graph } = record(tf, "one", (given) => fn(given as Tensor2D), first);
  const three = sideBySide(graph, 3);
  const constants = (nodes: typeof graph.nodes) => nodes.filter(({ op }) => op === "Const").length;
  assert.ok(constants(graph.nodes) > 0);
  assert.equal(constants(three.nodes), constants(graph.nodes));
  assert.equal(new Set(three.nodes.map(({ name }) => name)).size, three.nodes.length);
  const session = openSession(tf, "three", three, ["first", "second", "third"]);
  const found = session.run(examples).map(take);
  assert.deepEqual(found, examples.map((x) => take(tf.tidy(() => fn(x)))));
  session.dispose();
  tf.dispose([weights, ...examples]);
});

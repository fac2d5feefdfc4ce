import assert from "node:assert/strict";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../../src/engine/engine.ts";
import { nodeBackend } from "../../../src/engine/tensorflow/node/binding.ts";
import { CaptureError } from "../../../src/engine/tensorflow/capture/errors.ts";
import { evaluate } from "../../../src/engine/tensorflow/capture/evaluate.ts";
import type { Graph } from "../../../src/engine/tensorflow/capture/graph.ts";
import { record } from "../../../src/engine/tensorflow/capture/record.ts";
import { openSession } from "../../../src/engine/tensorflow/capture/session.ts";
import { tensorflowEngine, wasmEngine } from "../../engine.ts";
import { floats, numbers, take } from "./made_up.ts";

const SHAPE = [2, 6, 5, 3];

/** A graph with attributes of every kind, an int32 constant, and a value that is needed twice. */
function network(tf: Tf, x: Tensor4D): Tensor {
  const seen = tf.relu(tf.conv2d(x, floats<Tensor4D>(tf, [3, 3, 3, 4], 1), 2, "same"));
  return tf.concat([tf.maxPool(seen as Tensor4D, 2, 1, "same"), seen], 3).sum([1, 2]).reshape([4, 4]);
}

async function recorded(): Promise<{ tf: Tf; graph: Graph }> {
  const { tf } = await tensorflowEngine();
  const { graph } = record(tf, "network", (x) => network(tf, x as Tensor4D), { dtype: "float32", shape: SHAPE });
  return { tf, graph };
}

Deno.test("a graph run op by op gives the same results as in a session, and no tensor is left", async () => {
  const { tf, graph } = await recorded();
  const session = openSession(tf, "network", graph, ["x"]);
  const [expected] = session.run([numbers(SHAPE)]);
  session.dispose();
  assert.ok(expected);
  const { shape, values } = take(expected);
  const counts = countedTensors(tf);
  const [found] = evaluate(tf, graph, [numbers(SHAPE)]);
  const { made, freed } = counts.stop();
  assert.equal(freed, made);
  assert.ok(found);
  assert.deepEqual(found.shape, shape);
  values.forEach((value, at) => assert.ok(Math.abs(value - (found.values[at] ?? NaN)) < 1e-4, `${at}`));
});

Deno.test("a graph run op by op can return any of its nodes and runs no node it does not need", async () => {
  const { tf, graph } = await recorded();
  const relu = graph.nodes.find(({ op }) => op === "Relu");
  assert.ok(relu);
  const broken = graph.nodes.map((node) => node.op === "MaxPool" ? { ...node, op: "NoSuchOp" } : node);
  const output = { node: relu.name, dtype: "float32", shape: [-1, -1, -1, -1] } as const;
  const [found] = evaluate(tf, { ...graph, nodes: broken, outputs: [output] }, [numbers(SHAPE)]);
  assert.deepEqual(found?.shape, [2, 3, 3, 4]);
});

Deno.test("a graph that fails op by op leaves no tensor behind", async () => {
  const { tf, graph } = await recorded();
  const broken = graph.nodes.map((node) => node.op === "Sum" ? { ...node, op: "NoSuchOp" } : node);
  const counts = countedTensors(tf);
  assert.throws(() => evaluate(tf, { ...graph, nodes: broken }, [numbers(SHAPE)]), /NoSuchOp/);
  const { made, freed } = counts.stop();
  assert.ok(made > 3);
  assert.equal(freed, made);
});

Deno.test("too few inputs and a wrong engine are reported as such", async () => {
  const { tf, graph } = await recorded();
  assert.throws(() => evaluate(tf, graph, []), new CaptureError("the graph has more inputs than there are values"));
  const { tf: wasm } = await wasmEngine();
  assert.throws(
    () => evaluate(wasm, graph, [numbers(SHAPE)]),
    /the wasm engine cannot evaluate graphs, only tensorflow can/,
  );
});

/** Counts TensorFlow's own tensors, which tfjs does not see, until the counter is stopped. */
function countedTensors(tf: Tf): { stop(): { made: number; freed: number } } {
  const backend = nodeBackend(tf);
  assert.ok(backend);
  const { binding } = backend;
  const counts = { made: 0, freed: 0 };
  backend.binding = {
    TF_Version: binding.TF_Version,
    createTensor: (...given) => (counts.made++, binding.createTensor(...given)),
    deleteTensor: (id) => (counts.freed++, binding.deleteTensor(id)),
    tensorDataSync: (id) => binding.tensorDataSync(id),
    executeOp: (...given) => {
      const results = binding.executeOp(...given);
      counts.made += results.length;
      return results;
    },
    loadSavedModel: (...given) => binding.loadSavedModel(...given),
    deleteSavedModel: (session) => binding.deleteSavedModel(session),
    runSavedModel: (...given) => binding.runSavedModel(...given),
  };
  return {
    stop() {
      backend.binding = binding;
      return { ...counts };
    },
  };
}

/** Every kind of layer as a graph for any number of images, in TensorFlow and in TensorFlow.js. */
import assert from "node:assert/strict";
import type { Tensor } from "@tensorflow/tfjs";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import type { Graph } from "../../src/engine/tensorflow/capture/graph.ts";
import { record } from "../../src/engine/tensorflow/capture/record.ts";
import { openSession } from "../../src/engine/tensorflow/capture/session.ts";
import { atAnyBatchSize } from "../../src/engine/tensorflow/rewrite/at_batch_size.ts";
import { foldBatchNorms } from "../../src/engine/tensorflow/rewrite/fold_batch_norm.ts";
import { fuseConvolutions } from "../../src/export/tfjs/fuse.ts";
import { signature, topology, weightsOf } from "../../src/export/tfjs/graph_json.ts";
import { checkOps } from "../../src/export/tfjs/known_ops.ts";
import { computeLayer, tensorsOf } from "../../src/model/build.ts";
import { tensorflowEngine, wasmEngine } from "../engine.ts";
import { assertNear } from "../model/features.ts";
import { formulaInput, formulaWeights } from "../model/formula_weights.ts";
import { kerasKinds } from "../model/kinds.ts";

const { tf } = await tensorflowEngine();
await wasmEngine();
await tf.setBackend("tensorflow");

const BATCH = 5;
/** Relative to the largest value: other orders of summation, and series for exp and erf. */
const TOLERANCE = 1e-5;

/** Loads a graph into TensorFlow.js as model.json would be. */
async function loadInTfjs(graph: Graph) {
  const weights = weightsOf(graph);
  return await tf.loadGraphModel(tf.io.fromMemory({
    modelTopology: topology(graph) as object,
    signature: signature(graph) as object,
    weightSpecs: weights.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype: dtype as "float32" })),
    weightData: await new Blob(weights.map(({ bytes }) => bytes.slice())).arrayBuffer(),
  }));
}

for (const { spec: kind, inputs } of kerasKinds) {
  Deno.test(`as a graph for any number of images: ${JSON.stringify(kind)}`, async () => {
    const before = tf.memory().numTensors;
    const names = inputs.map((_, index) => `input${index}`);
    const spec: LayerSpec = { name: "layer", inputs: names, trainable: true, ...kind };
    const starts = inputs.map((shape, index) =>
      ({ name: `input${index}`, type: "InputLayer", inputs: [], trainable: false, shape }) as const
    );
    const weights = tensorsOf(tf, formulaWeights([...starts, spec])[0]);
    const recordedAt = (batchSize: number) => {
      const examples = inputs.map((shape) => ({ dtype: "float32", shape: [batchSize, ...shape] }) as const);
      const { graph } = record(tf, "layer", (given) => computeLayer(tf, spec, given as Tensor[], weights), examples);
      return { graph, batchSize };
    };
    const graph = atAnyBatchSize(recordedAt(2), recordedAt(3));
    const values = inputs.map((shape, index) => formulaInput([BATCH, ...shape], index));
    const given = () => inputs.map((shape, index) => tf.tensor(values[index] ?? [], [BATCH, ...shape]));
    const expected = tf.tidy(() => Float32Array.from(computeLayer(tf, spec, given(), weights).dataSync()));
    tf.dispose([...weights.values()]);

    const session = openSession(tf, "layer", graph, []);
    assertNear(tf.tidy(() => Float32Array.from(session.run(given())[0]?.dataSync() ?? [])), expected, TOLERANCE);
    session.dispose();

    const fused = fuseConvolutions(foldBatchNorms(graph));
    checkOps("layer", fused);
    await tf.setBackend("wasm");
    try {
      const model = await loadInTfjs(fused);
      const found = tf.tidy(() => {
        const named = Object.fromEntries(given().map((tensor, index) => [graph.inputs[index]?.node ?? "", tensor]));
        return Float32Array.from((model.predict(named) as Tensor).dataSync());
      });
      assertNear(found, expected, TOLERANCE);
      model.dispose();
    } finally {
      await tf.setBackend("tensorflow");
    }
    assert.equal(tf.memory().numTensors, before);
  });
}

/** The exported model for TensorFlow.js: its files, and what TensorFlow.js computes from them in Deno. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Tensor, Tensor3D } from "@tensorflow/tfjs";
import { z } from "zod";
import { at } from "../../src/at.ts";
import type { Tf } from "../../src/engine/engine.ts";
import type { Port } from "../../src/engine/ports.ts";
import {
  type Constant,
  constantNode,
  type Graph,
  identityNode,
  placeholderNode,
  typeAttribute,
} from "../../src/engine/tensorflow/capture/graph.ts";
import { openSession } from "../../src/engine/tensorflow/capture/session.ts";
import type { ExportedModel } from "../../src/export/exported_model.ts";
import { recordNetwork } from "../../src/export/recorded_network.ts";
import { NodeList } from "../../src/export/saved_model/node_list.ts";
import { addResizeWithPad } from "../../src/export/saved_model/resize_nodes.ts";
import { fuseConvolutions } from "../../src/export/tfjs/fuse.ts";
import { topology } from "../../src/export/tfjs/graph_json.ts";
import { checkOps, KNOWN_OPS } from "../../src/export/tfjs/known_ops.ts";
import { SHARD_BYTES, writeShards } from "../../src/export/tfjs/shards.ts";
import { tfjs } from "../../src/export/tfjs/tfjs.ts";
import type { Resize } from "../../src/config.ts";
import { resizeWithPad } from "../../src/features/base/resize.ts";
import { tensorflowEngine, wasmEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { baseModel, CLASSES, largestDifference, lessonModel, madeUpPixels, ownProbabilities } from "./models.ts";

const { tf } = await tensorflowEngine();
await wasmEngine();
await tf.setBackend("tensorflow");
const services = { tf: () => Promise.resolve(tf) };

/** Runs `body` on another backend of tfjs, which is one for the whole process. */
async function onBackend<T>(name: string, body: () => Promise<T>): Promise<T> {
  await tf.setBackend(name);
  try {
    return await body();
  } finally {
    await tf.setBackend("tensorflow");
  }
}

const MODELS: readonly [name: string, backends: string[], make: (tf: Tf) => ExportedModel | Promise<ExportedModel>][] =
  [
    [
      "squeezenet11 with caffe's preprocessing",
      ["wasm", "cpu"],
      (tf) => baseModel(tf, { base: "squeezenet11", size: 64, head: "bn,dense:50:relu,dropout:0.5" }),
    ],
    [
      "mobilenet_v2 with a linear head",
      ["wasm"],
      (tf) => baseModel(tf, { base: "mobilenet_v2", size: 96, head: "linear" }),
    ],
    ["lesson-cnn", ["wasm", "cpu"], (tf) => lessonModel(tf)],
  ];

for (const [name, backends, make] of MODELS) {
  Deno.test(`${name}: TensorFlow.js on ${backends.join(" and ")} computes Headlight's probabilities`, async () => {
    const model = await make(tf);
    const { size } = model;
    const before = tf.memory().numTensors;
    await withTemporaryFolder(async (folder) => {
      await tfjs.write(model, folder, services);
      assert.equal(tf.memory().numTensors, before);
      const own = new Map(
        [1, 5].map((count) => [count, ownProbabilities(tf, model, madeUpPixels(count, size), count)]),
      );
      for (const backend of backends) {
        await onBackend(backend, async () => {
          const graph = await tf.loadGraphModel(tf.io.http(pathToFileURL(join(folder, "model.json")).href));
          assert.deepEqual(graph.metadata, { name: model.name, classes: CLASSES, size, resize: model.resize });
          assert.deepEqual(graph.inputs.map(({ name, shape }) => ({ name, shape })), [
            { name: "pixels", shape: [-1, size, size, 3] },
          ]);
          for (const [count, expected] of own) {
            const output = tf.tidy(() =>
              graph.predict(tf.tensor4d(madeUpPixels(count, size), [count, size, size, 3])) as Tensor
            );
            const difference = largestDifference(await output.data(), expected);
            output.dispose();
            assert.ok(difference < 1e-4, `${backend}, ${count}: ${difference}`);
          }
          graph.dispose();
        });
      }
    });
    assert.equal(tf.memory().numTensors, before);
  });
}

const manifestSchema = z.object({
  signature: z.object({ inputs: z.record(z.string(), z.unknown()), outputs: z.record(z.string(), z.unknown()) }),
  weightsManifest: z.array(z.object({
    paths: z.array(z.string()),
    weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.string() })),
  })),
});

Deno.test("model.json names inputs and outputs, and its files contain exactly the weights", async () => {
  await withTemporaryFolder(async (folder) => {
    await tfjs.write(lessonModel(tf), folder, services);
    const { signature, weightsManifest: [group] } = manifestSchema.parse(
      JSON.parse(Deno.readTextFileSync(join(folder, "model.json"))),
    );
    assert.deepEqual(Object.keys(signature.inputs), ["pixels"]);
    assert.deepEqual(Object.keys(signature.outputs), ["probabilities"]);
    assert.ok(group);
    const bytes = group.weights.reduce((sum, { shape }) => sum + shape.reduce((one, other) => one * other, 4), 0);
    const files = group.paths.map((path) => Deno.statSync(join(folder, path)).size);
    assert.equal(files.reduce((one, other) => one + other), bytes);
    const weights = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".bin"));
    assert.deepEqual(weights.toSorted(), group.paths);
  });
});

Deno.test("weights are split into files of 4 MiB, in order, across the borders of tensors", async () => {
  await withTemporaryFolder(async (folder) => {
    const parts = [1, SHARD_BYTES - 3, 0, SHARD_BYTES * 2, 7].map((length, index) =>
      new Uint8Array(length).fill(index + 1)
    );
    const names = await writeShards(folder, parts);
    assert.deepEqual(names, [1, 2, 3, 4].map((number) => `group1-shard${number}of4.bin`));
    const written = names.map((name) => Deno.readFileSync(join(folder, name)));
    assert.deepEqual(written.map(({ length }) => length), [SHARD_BYTES, SHARD_BYTES, SHARD_BYTES, 5]);
    assert.deepEqual(
      new Uint8Array(await new Blob(written).arrayBuffer()),
      new Uint8Array(await new Blob(parts).arrayBuffer()),
    );
  });
});

Deno.test("attributes have the JSON form of protocol buffers", () => {
  const node = {
    name: "n",
    op: "Op",
    inputs: ["a", "b:1"],
    attributes: {
      one: { kind: "int", value: 3 },
      list: { kind: "int", value: [1, -1] },
      float: { kind: "float", value: 0.5 },
      no: { kind: "bool", value: false },
      text: { kind: "string", value: "SAME" },
      texts: { kind: "string", value: ["Relu"] },
      shape: { kind: "shape", value: [-1, 2] },
      type: typeAttribute("int32"),
    },
  } as const;
  const found = topology({
    nodes: [node, constantNode("c", { dtype: "float32", shape: [2], bytes: new Uint8Array(8) })],
  });
  assert.deepEqual(found, {
    node: [
      {
        name: "n",
        op: "Op",
        input: ["a", "b:1"],
        attr: {
          one: { i: "3" },
          list: { list: { i: ["1", "-1"] } },
          float: { f: 0.5 },
          no: { b: false },
          text: { s: btoa("SAME") },
          texts: { list: { s: [btoa("Relu")] } },
          shape: { shape: { dim: [{ size: "-1" }, { size: "2" }] } },
          type: { type: "DT_INT32" },
        },
      },
      {
        name: "c",
        op: "Const",
        attr: {
          dtype: { type: "DT_FLOAT" },
          value: { tensor: { dtype: "DT_FLOAT", tensorShape: { dim: [{ size: "2" }] } } },
        },
      },
    ],
    library: {},
    versions: { producer: 1645 },
  });
});

Deno.test("a convolution is fused with its bias and activation only if nothing else uses what is between them", () => {
  const vector: Constant = { dtype: "float32", shape: [2], bytes: new Uint8Array(8) };
  const node = (name: string, op: string, inputs: readonly string[]) => ({ name, op, inputs, attributes: {} });
  const graph = (more: readonly ReturnType<typeof node>[], output: string): Graph => ({
    nodes: [
      placeholderNode({ node: "x", dtype: "float32", shape: [-1, 4, 4, 2] }),
      constantNode("k", { dtype: "float32", shape: [1, 1, 2, 2], bytes: new Uint8Array(16) }),
      constantNode("b", vector),
      ...more,
    ],
    inputs: [],
    outputs: [{ node: output, dtype: "float32", shape: [] }],
  });
  const ops = (fused: Graph) => fused.nodes.slice(3).map(({ name, op }) => `${name}: ${op}`);
  const straight = [node("c", "Conv2D", ["x", "k"]), node("a", "BiasAdd", ["c", "b"]), node("r", "Relu6", ["a"])];
  const whole = fuseConvolutions(graph(straight, "r"));
  assert.deepEqual(ops(whole), ["r: _FusedConv2D"]);
  assert.deepEqual(at(whole.nodes, 3).inputs, ["x", "k", "b"]);
  assert.deepEqual(at(whole.nodes, 3).attributes["fused_ops"], { kind: "string", value: ["BiasAdd", "Relu6"] });
  const used = [...straight, node("s", "Add", ["r", "a"])];
  assert.deepEqual(ops(fuseConvolutions(graph(used, "s"))), ["a: _FusedConv2D", "r: Relu6", "s: Add"]);
  const sum = [node("c", "Conv2D", ["x", "k"]), node("s", "Add", ["c", "x"]), node("r", "Relu", ["s"])];
  assert.deepEqual(ops(fuseConvolutions(graph(sum, "r"))), ["c: Conv2D", "s: Add", "r: Relu"]);
  const both = [node("c", "Conv2D", ["x", "k"]), node("a", "Add", ["c", "b"]), node("s", "Mul", ["a", "c"])];
  assert.deepEqual(ops(fuseConvolutions(graph(both, "s"))), ["c: Conv2D", "a: Add", "s: Mul"]);
});

Deno.test("the exported ops are in TensorFlow.js's lists, and others are refused by name", async () => {
  const converter = createRequire(createRequire(import.meta.url).resolve("@tensorflow/tfjs"))
    .resolve("@tensorflow/tfjs-converter");
  const lists = join(dirname(converter), "operations", "op_list");
  const known = new Set<string>();
  for await (const { name } of Deno.readDir(lists)) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(join(lists, name));
    for (const [, op = ""] of text.matchAll(/'tfOpName': '(\w+)'/g)) known.add(op);
  }
  assert.deepEqual([...KNOWN_OPS].filter((op) => !known.has(op)), []);
  const nodes = [{ name: "n", op: "Cholesky", inputs: [], attributes: {} }];
  assert.throws(() => checkOps("run", { nodes }), /does not have the op Cholesky/);
  checkOps("run", recordNetwork(tf, lessonModel(tf, 32)));
});

/** Returns the function of classify.js that resizes an image. */
function pageResize(resize: Resize): (image: Tensor3D, size: number) => Tensor3D {
  const text = Deno.readTextFileSync(new URL("../../src/export/tfjs/page/classify.js", import.meta.url));
  const all = new Function("tf", `${text}; return globalThis.headlight.resizeWithPad`)(tf);
  return (image, size) => all(image, size, resize);
}

Deno.test("the page leaves no tensor behind if the GPU loses the result", async () => {
  const text = Deno.readTextFileSync(new URL("../../src/export/tfjs/page/classify.js", import.meta.url));
  const lost = () => Promise.reject(new Error("context lost"));
  const model = { metadata: { classes: CLASSES, size: 8, resize: "bilinear" }, predict: (images: Tensor) => images };
  const page = {
    ...tf,
    loadGraphModel: () => Promise.resolve(model),
    browser: { fromPixels: (_: unknown, channels = 3) => tf.zeros([8, 8, channels]) },
    tidy: (compute: () => Tensor) => Object.assign(tf.tidy(compute), { data: lost }),
  };
  const bitmap = () => Promise.resolve({ close: () => {} });
  const load = new Function("tf", "createImageBitmap", `${text}; return globalThis.headlight.loadClassifier`);
  const classifier = await load(page, bitmap)("model.json");
  const before = tf.memory().numTensors;
  // Of a PNG, the transparency is asked for first.
  for (const type of ["image/jpeg", "image/png"]) {
    await assert.rejects(classifier.classify({ type }), /context lost/);
    assert.equal(tf.memory().numTensors, before, type);
  }
});

const SIZES = [[384, 512], [33, 97], [500, 375], [160, 160], [7, 200]] as const;

Deno.test("the page resizes as the training does, to the bit", () => {
  const resize = pageResize("bilinear");
  for (const size of [160, 224]) {
    for (const [height, width] of SIZES) {
      tf.tidy(() => {
        const image = tf.tensor3d(madeUpPixels(1, height, width), [height, width, 3]);
        const expected = resizeWithPad(tf, image.expandDims(), size);
        assert.deepEqual(resize(image, size).dataSync(), expected.dataSync(), `${height}×${width} to ${size}`);
      });
    }
  }
});

Deno.test("the page of a run with antialiasing resizes as tf.image.resize does", () => {
  const resize = pageResize("antialias");
  const list = new NodeList("test/");
  const input: Port = { node: "images", dtype: "float32", shape: [-1, -1, -1, 3] };
  const resized = addResizeWithPad(list, input.node, 160, "antialias");
  const session = openSession(tf, "resize", {
    nodes: [placeholderNode(input), ...list.nodes, identityNode("out", resized, "float32")],
    inputs: [input],
    outputs: [{ node: "out", dtype: "float32", shape: [-1, 160, 160, 3] }],
  }, []);
  for (const [height, width] of SIZES) {
    tf.tidy(() => {
      const image = tf.tensor3d(madeUpPixels(1, height, width), [height, width, 3]);
      const [expected] = session.run([image.expandDims()]);
      assert.ok(expected);
      const difference = largestDifference(resize(image, 160).dataSync(), expected.dataSync());
      assert.ok(difference < 0.01, `${height}×${width}: ${difference}`);
    });
  }
  session.dispose();
});

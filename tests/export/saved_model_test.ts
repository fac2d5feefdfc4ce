/** The exported SavedModel in the TensorFlow that Headlight uses: its graph, its signatures and its files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs";
import { at } from "../../src/at.ts";
import { padGeometry } from "../../src/data/dataset/pad_geometry.ts";
import type { Tf } from "../../src/engine/engine.ts";
import type { Port } from "../../src/engine/ports.ts";
import { type Graph, identityNode, placeholderNode } from "../../src/engine/tensorflow/capture/graph.ts";
import { GraphSession, openSession } from "../../src/engine/tensorflow/capture/session.ts";
import type { ExportedModel } from "../../src/export/exported_model.ts";
import { recordNetwork } from "../../src/export/recorded_network.ts";
import { NodeList } from "../../src/export/saved_model/node_list.ts";
import { addResizeWithPad } from "../../src/export/saved_model/resize_nodes.ts";
import { savedModel } from "../../src/export/saved_model/saved_model.ts";
import { servedModel } from "../../src/export/saved_model/signatures.ts";
import { resizeWithPad } from "../../src/features/base/resize.ts";
import { tensorflowEngine } from "../engine.ts";
import { withTemporaryFolder } from "../support.ts";
import { baseModel, CLASSES, largestDifference, lessonModel, madeUpPixels, ownProbabilities } from "./models.ts";

const { tf } = await tensorflowEngine();
const services = { tf: () => Promise.resolve(tf) };

/** Heights and widths. 384×512 at 224 is where rounding to float32 matters. */
const SIZES = [[384, 512], [33, 97], [500, 375], [160, 160], [97, 33], [1, 3], [7, 200], [768, 1024]] as const;

/** Returns a graph that only resizes. */
function resizingGraph(size: number): Graph {
  const list = new NodeList("test/");
  const input: Port = { node: "images", dtype: "float32", shape: [-1, -1, -1, 3] };
  const resized = addResizeWithPad(list, input.node, size, "bilinear");
  const output: Port = { node: "out", dtype: "float32", shape: [-1, size, size, 3] };
  return {
    nodes: [placeholderNode(input), ...list.nodes, identityNode("out", resized, "float32")],
    inputs: [input],
    outputs: [output],
  };
}

for (const size of [160, 224, 37]) {
  Deno.test(`the graph resizes images of any size to ${size} as the training does, to the bit`, () => {
    const before = tf.memory().numTensors;
    const session = openSession(tf, "resize", resizingGraph(size), []);
    for (const [height, width] of SIZES) {
      tf.tidy(() => {
        const images: Tensor4D = tf.tensor4d(madeUpPixels(2, height, width), [2, height, width, 3]);
        const [resized] = session.run([images]);
        assert.ok(resized);
        assert.deepEqual(resized.dataSync(), resizeWithPad(tf, images, size).dataSync(), `${height}×${width}`);
        resized.dispose();
      });
    }
    session.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("the graph places images of 300 sizes where padGeometry does", () => {
  const size = 224;
  const session = openSession(tf, "resize", resizingGraph(size), []);
  for (let index = 0; index < 300; index++) {
    const [height, width] = [7 + (index * 37) % 97, 7 + (index * 101) % 331];
    const { contentHeight, contentWidth, top, left } = padGeometry(height, width, size);
    const rows = tf.tidy(() => {
      const [resized] = session.run([tf.ones([1, height, width, 3])]);
      assert.ok(resized);
      const [one] = tf.unstack(resized.max<Tensor4D>(3));
      resized.dispose();
      assert.ok(one);
      return [one.max(1).dataSync(), one.max(0).dataSync()];
    });
    const span = (values: ArrayLike<number>) => [Array.from(values).indexOf(1), Array.from(values).lastIndexOf(1) + 1];
    assert.deepEqual(rows.map(span), [[top, top + contentHeight], [left, left + contentWidth]], `${height}×${width}`);
  }
  session.dispose();
});

Deno.test("every signature ends in the same network, whose weights are there once", () => {
  const model = lessonModel(tf, 64);
  const network = recordNetwork(tf, model);
  const { nodes, signatures } = servedModel(network, model);
  assert.deepEqual(Object.keys(signatures), ["serving_default", "any_size", "jpeg"]);
  const names = nodes.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  const known = new Set(names);
  for (const node of nodes) {
    for (const input of node.inputs) assert.ok(known.has(input.replace(/^\^|:\d+$/g, "")), `${node.name} ← ${input}`);
  }
  const large = (graph: Pick<Graph, "nodes">) =>
    graph.nodes.filter(({ attributes: { value } }) => value?.kind === "tensor" && value.value.bytes.length > 100)
      .length;
  assert.equal(large({ nodes }), large(network));
});

Deno.test("constants inside the loop that decodes files belong to the loop", () => {
  const model = lessonModel(tf, 64);
  const { nodes } = servedModel(recordNetwork(tf, model), model);
  const outside = nodes.filter(({ name, inputs }) => name.startsWith("jpeg/file/") && inputs.length === 0);
  assert.deepEqual(outside, []);
});

const MODELS: readonly [name: string, make: (tf: Tf) => ExportedModel | Promise<ExportedModel>][] = [
  [
    "squeezenet11 with caffe's preprocessing",
    (tf) => baseModel(tf, { base: "squeezenet11", size: 64, head: "bn,dense:50:relu,dropout:0.5" }),
  ],
  ["mobilenet_v2 with a linear head", (tf) => baseModel(tf, { base: "mobilenet_v2", size: 96, head: "linear" })],
  ["lesson-cnn", (tf) => lessonModel(tf)],
];

for (const [name, make] of MODELS) {
  Deno.test(`${name} as a SavedModel gives Headlight's probabilities, for images of any size`, async () => {
    const model = await make(tf);
    const before = tf.memory().numTensors;
    await withTemporaryFolder(async (folder) => {
      await savedModel.write(model, folder, services);
      assert.equal(tf.memory().numTensors, before);
      const saved = join(folder, "saved_model");
      assert.equal(Deno.readTextFileSync(join(saved, "assets", "classes.txt")), `${CLASSES.join("\n")}\n`);
      const { size } = model;
      const run = (signature: string, shape: readonly number[], pixels: Float32Array, sides: [number, number]) => {
        const ports = {
          inputs: [{ node: `${signature}/pixels`, dtype: "float32", shape }],
          outputs: [{ node: `${signature}/output_0`, dtype: "float32", shape: [-1, CLASSES.length] }],
        } as const;
        const session = new GraphSession(tf, saved, name, ports, []);
        const count = pixels.length / sides[0] / sides[1] / 3;
        const [output] = tf.tidy(() => session.run([tf.tensor4d(pixels, [count, ...sides, 3])]));
        session.dispose();
        assert.ok(output);
        assert.deepEqual(output.shape, [count, CLASSES.length]);
        const values = output.dataSync<"float32">();
        output.dispose();
        return values;
      };
      for (const count of [1, 5]) {
        const pixels = madeUpPixels(count, size);
        const own = ownProbabilities(tf, model, pixels, count);
        const served = run("serving_default", [-1, size, size, 3], pixels, [size, size]);
        assert.ok(largestDifference(served, own) < 1e-4, `${count}: ${largestDifference(served, own)}`);
      }
      for (const [height, width] of SIZES.slice(0, 3)) {
        const pixels = madeUpPixels(2, height, width);
        const resized = tf.tidy(() =>
          resizeWithPad(tf, tf.tensor4d(pixels, [2, height, width, 3]), size).dataSync<"float32">()
        );
        const own = ownProbabilities(tf, model, resized, 2);
        const served = run("any_size", [-1, -1, -1, 3], pixels, [height, width]);
        assert.ok(largestDifference(served, own) < 1e-4, `${height}×${width}: ${largestDifference(served, own)}`);
      }
    });
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("a recorded network takes any number of images", () => {
  const { inputs, outputs } = recordNetwork(tf, lessonModel(tf, 32));
  assert.deepEqual(at(inputs, 0).shape, [-1, 32, 32, 3]);
  assert.deepEqual(at(outputs, 0).shape, [-1, CLASSES.length]);
});

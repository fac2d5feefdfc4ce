import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { at } from "../../src/at.ts";
import type { LayerKind, LayerSpec, Shape } from "../../src/bases/layer_spec.ts";
import { HeadlightError } from "../../src/errors.ts";
import type { ExportedModel } from "../../src/export/exported_model.ts";
import { networkGraph } from "../../src/export/onnx/network_graph.ts";
import { onnx } from "../../src/export/onnx/onnx.ts";
import { checkSize, PROTOBUF_BYTES } from "../../src/export/size_limit.ts";
import { onnxModel } from "../../src/export/onnx/onnx_model.ts";
import { permute } from "../../src/export/onnx/graph/permute.ts";
import { type AttributeProto, encodeModel, type ModelProto } from "../../src/export/onnx/graph/proto.ts";
import { LAYER_TYPES } from "../../src/model/kinds/kinds.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { formulaWeights } from "../model/formula_weights.ts";
import { kerasKinds } from "../model/kinds.ts";
import { withTemporaryFolder } from "../support.ts";
import { madeUpModel } from "./made_up_model.ts";

const SIZE = 64;
const services = { tf: () => Promise.reject(new Error("ONNX needs no TensorFlow")) };

/** Returns the graph of one layer. */
function graphOf(kind: LayerKind, shapes: readonly Shape[]) {
  const inputs = shapes.map((_, index) => `input${index}`);
  const layers: LayerSpec[] = [
    ...shapes.map((shape, index): LayerSpec => (
      { name: at(inputs, index), inputs: [], trainable: false, type: "InputLayer", shape }
    )),
    { name: "layer", inputs, trainable: false, ...kind },
  ];
  return networkGraph({ layers, weights: formulaWeights(layers) }, { inputs, output: "output" });
}

/** Returns the operators of a layer, without those that move the axes of its inputs and outputs. */
function operatorsOf(kind: LayerKind, shapes: readonly Shape[]): string[] {
  return graphOf(kind, shapes).node.map(({ op_type }) => op_type).filter((op) => op !== "Transpose");
}

function attributesOf(kind: LayerKind, shape: Shape, op: string): Record<string, AttributeProto> {
  const node = graphOf(kind, [shape]).node.find(({ op_type }) => op_type === op);
  return Object.fromEntries((node?.attribute ?? []).map((attribute) => [attribute.name, attribute]));
}

Deno.test("every kind of layer can be written to an ONNX file, except those that no network computes", () => {
  const written = new Set<string>(["InputLayer"]);
  for (const { spec, inputs, shape } of kerasKinds) {
    const { output } = graphOf(spec, inputs);
    const dims = at(output, 0).type.tensor_type.shape.dim;
    assert.deepEqual(dims, [{ dim_param: "batch" }, ...shape.map((extent) => ({ dim_value: extent }))]);
    written.add(spec.type);
  }
  assert.deepEqual(LAYER_TYPES.filter((type) => !written.has(type)), ["Lambda"]);
  assert.throws(
    () => graphOf({ type: "Lambda", size: 4 }, [[2, 2, 3]]),
    (error) =>
      error instanceof HeadlightError && error.exitStatus === 2 && /^layer layer: .*Lambda/.test(error.message),
  );
});

Deno.test("a model that ONNX cannot express is refused before anything is written", async () => {
  await withTemporaryFolder(async (folder) => {
    const model = madeUpModel("lesson-cnn", SIZE);
    const [input, ...rest] = model.layers;
    assert.ok(input);
    const lambda: LayerSpec = { name: "odd", inputs: [input.name], trainable: false, type: "Lambda", size: 64 };
    const layers = [input, lambda, ...rest.map((layer, index) => index === 0 ? { ...layer, inputs: ["odd"] } : layer)];
    await assert.rejects(onnx.write({ ...model, layers }, folder, services), /^HeadlightError: layer odd: /);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("every value of a graph has one name and is made before it is used", () => {
  for (const base of ["squeezenet11", "mobilenet_v2", "efficientnetb0", "resnet50", "lesson-cnn"] as const) {
    const { graph } = onnxModel(madeUpModel(base, SIZE));
    const known = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
    assert.equal(known.size, graph.input.length + graph.initializer.length);
    for (const { name, input, output } of graph.node) {
      for (const value of input) assert.ok(known.has(value), `${base}: ${name} uses ${value}`);
      for (const value of output) assert.ok(!known.has(value), `${base}: ${value} is made twice`);
      for (const value of output) known.add(value);
    }
    assert.deepEqual(graph.output.map(({ name }) => name), ["probabilities"]);
    assert.ok(known.has("probabilities"));
    const used = new Set(graph.node.flatMap(({ input }) => input));
    assert.deepEqual(graph.initializer.filter(({ name }) => !used.has(name)), []);
  }
});

Deno.test("images are transposed once, at the start", () => {
  for (const base of ["squeezenet11", "mobilenet_v2", "efficientnetb0", "resnet50"] as const) {
    const { node } = onnxModel(madeUpModel(base, SIZE)).graph;
    assert.deepEqual(node.flatMap(({ op_type }, index) => op_type === "Transpose" ? [index] : []), [0], base);
  }
});

Deno.test("flattened images have Keras's order, for which the dense layer's weights were trained", () => {
  const { node } = onnxModel(madeUpModel("lesson-cnn", SIZE)).graph;
  const flatten = node.findIndex(({ op_type }) => op_type === "Flatten");
  const before = at(node, flatten - 1);
  assert.equal(before.op_type, "Transpose");
  assert.deepEqual(before.attribute, [{ name: "perm", type: 7, ints: [0, 2, 3, 1] }]);
  // Places of 1×1 have the same order in both.
  assert.deepEqual(operatorsOf({ type: "Flatten" }, [[1, 1, 5]]), ["Flatten"]);
  assert.equal(graphOf({ type: "Flatten" }, [[1, 1, 5]]).node.length, 2);
});

Deno.test("same padding puts the odd row below and the odd column on the right, as TensorFlow does", () => {
  const window = { kernel: 3, strides: 2, padding: "same", bias: false } as const;
  const { pads, strides } = attributesOf({ type: "Conv2D", filters: 4, ...window }, [6, 7, 3], "Conv");
  assert.deepEqual(pads?.ints, [0, 1, 1, 1]);
  assert.deepEqual(strides?.ints, [2, 2]);
  const wide = attributesOf({ type: "Conv2D", filters: 4, ...window, strides: 1, dilation: 2 }, [6, 7, 3], "Conv");
  assert.deepEqual(wide["pads"]?.ints, [2, 2, 2, 2]);
  // A stride that is longer than the window skips rows, and nothing is missing.
  const pool = attributesOf({ type: "MaxPooling2D", size: 1, strides: 2, padding: "same" }, [6, 7, 3], "MaxPool");
  assert.deepEqual(pool["pads"]?.ints, [0, 0, 0, 0]);
});

Deno.test("layers use operators that runtimes have kernels for, and none where nothing is computed", () => {
  const image = [[4, 4, 3]];
  assert.deepEqual(operatorsOf({ type: "ReLU", maxValue: 6 }, image), ["Clip"]);
  assert.deepEqual(operatorsOf({ type: "ReLU", negativeSlope: 0.25 }, image), ["LeakyRelu"]);
  assert.deepEqual(operatorsOf({ type: "Rescaling", scale: 2, offset: 0 }, image), ["Mul"]);
  assert.deepEqual(operatorsOf({ type: "Rescaling", scale: 1, offset: [1, 2, 3] }, image), ["Add"]);
  assert.deepEqual(operatorsOf({ type: "Dropout", rate: 0.5 }, image), []);
  assert.deepEqual(operatorsOf({ type: "Dropout", rate: 0.5 }, [[5]]), ["Identity"]);
  assert.deepEqual(operatorsOf({ type: "Dense", units: 2, activation: "relu" }, [[5]]), ["Gemm", "Relu"]);
  assert.deepEqual(operatorsOf({ type: "Dense", units: 2, activation: "linear" }, image), ["Conv"]);
});

Deno.test("permute transposes as NumPy does", () => {
  const data = Float32Array.from({ length: 2 * 1 * 3 * 2 }, (_, index) => index);
  assert.deepEqual([...permute(data, [2, 1, 3, 2], [3, 2, 0, 1])], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
});

Deno.test("an ONNX model has the classes in its metadata, in the order of the probabilities", () => {
  const model = { ...madeUpModel("lesson-cnn", SIZE), classes: ['a "b"', "Käse\n", "c", "d", "e"] };
  const { metadata_props: metadata, graph } = onnxModel(model);
  assert.deepEqual(JSON.parse(metadata.find(({ key }) => key === "classes")?.value ?? ""), model.classes);
  const [output] = graph.output;
  assert.deepEqual(output?.type.tensor_type.shape.dim, [{ dim_param: "batch" }, { dim_value: 5 }]);
});

Deno.test("no name of a layer collides with a name of the graph", () => {
  const names = ["pixels", "probabilities", "pixels/Transpose", "a", "a/Conv"];
  const model: ExportedModel = madeUpModel("lesson-cnn", SIZE);
  const renamed = new Map(model.layers.slice(1).map(({ name }, index) => [name, names[index] ?? name]));
  const { graph } = onnxModel({
    ...model,
    layers: model.layers.map((layer) => ({
      ...layer,
      name: renamed.get(layer.name) ?? layer.name,
      inputs: layer.inputs.map((name) => renamed.get(name) ?? name),
    })),
    weights: model.weights.map((layer) => ({ ...layer, name: renamed.get(layer.name) ?? layer.name })),
  });
  const made = [...graph.input, ...graph.initializer, ...graph.node].map(({ name }) => name);
  assert.equal(new Set(made).size, made.length);
  assert.deepEqual(graph.input.map(({ name }) => name), ["pixels"]);
  assert.deepEqual(graph.output.map(({ name }) => name), ["probabilities"]);
});

Deno.test("a model of more than 2 GB is refused with its size", () => {
  checkSize("model.onnx", 2 ** 31 - 1, PROTOBUF_BYTES);
  assert.throws(
    () => checkSize("model.onnx", 3.2e9, PROTOBUF_BYTES),
    /^HeadlightError: model.onnx would have 3.2 GB, .* --to\.$/,
  );
});

Deno.test("an ONNX file has the bytes that Python's onnx writes", () => {
  const path = join(PROJECT_ROOT, "tests", "fixtures", "export", "onnx.json");
  const { model } = z.object({ model: z.base64() }).parse(JSON.parse(Deno.readTextFileSync(path)));
  const value = (name: string, doc: string) => ({
    name,
    type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_param: "batch" }, { dim_value: 2 }] } } },
    doc_string: doc,
  });
  const images = { dim: [{ dim_param: "batch", denotation: "DATA_BATCH" }, { dim_value: 2 }] };
  const floats = Float32Array.of(1, -2.5);
  const integers = BigInt64Array.of(7n, -1n);
  const same: ModelProto = {
    ir_version: 8,
    opset_import: [{ domain: "", version: 17 }],
    producer_name: "Headlight",
    producer_version: "1.2.3",
    doc_string: "A model",
    metadata_props: [{ key: "classes", value: '["cup"]' }],
    graph: {
      name: "graph",
      doc_string: "A graph",
      node: [{
        name: "node",
        op_type: "Anything",
        input: ["pixels", "weights"],
        output: ["result"],
        attribute: [
          { name: "alpha", type: 1, f: 0.25 },
          { name: "axis", type: 2, i: 0 },
          { name: "mode", type: 3, s: new TextEncoder().encode("é") },
          { name: "pads", type: 7, ints: [0, 1, 300] },
        ],
      }],
      initializer: [
        { name: "weights", dims: [1, 2], data_type: 1, raw_data: new Uint8Array(floats.buffer) },
        { name: "shape", dims: [2], data_type: 7, raw_data: new Uint8Array(integers.buffer) },
      ],
      input: [{
        ...value("pixels", "What it takes"),
        type: { tensor_type: { elem_type: 1, shape: images }, denotation: "IMAGE" },
      }],
      output: [value("result", "What it gives")],
    },
  };
  assert.equal(new Uint8Array(encodeModel(same)).toBase64(), model);
});

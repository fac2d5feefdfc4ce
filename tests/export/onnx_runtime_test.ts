/** Compares what ONNX Runtime computes with what Headlight computes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { at } from "../../src/at.ts";
import type { LayerKind, LayerSpec, Shape } from "../../src/bases/layer_spec.ts";
import type { Tf } from "../../src/engine/engine.ts";
import type { ExportedModel, NetworkPart } from "../../src/export/exported_model.ts";
import { keras } from "../../src/export/keras/keras.ts";
import { onnx } from "../../src/export/onnx/onnx.ts";
import { networkGraph } from "../../src/export/onnx/network_graph.ts";
import { onnxModel } from "../../src/export/onnx/onnx_model.ts";
import { computeLayer, tensorsOf } from "../../src/model/build.ts";
import { bmp } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { assertNear } from "../model/features.ts";
import { formulaInput, formulaWeights } from "../model/formula_weights.ts";
import { kerasKinds } from "../model/kinds.ts";
import { askPython, pythonJson, pythonTest } from "../python/python.ts";
import { withTemporaryFolder } from "../support.ts";
import { madeUpModel } from "./made_up_model.ts";
import { madeUpPixels, ownProbabilities, softened } from "./models.ts";
import { type Numbers, type OnnxCase, runOnnx } from "./onnx_runtime.ts";

const BATCH = 2;
/** Relative to the largest value: float32's rounding, in another order of sums. */
const TOLERANCE = 1e-5;

interface KindCase {
  readonly layer: LayerSpec;
  readonly network: NetworkPart;
  readonly inputs: readonly Numbers[];
}

function kindCase(kind: LayerKind, shapes: readonly Shape[]): KindCase {
  const names = shapes.map((_, index) => `input${index}`);
  const layer: LayerSpec = { name: "layer", inputs: names, trainable: false, ...kind };
  const layers: LayerSpec[] = [
    ...shapes.map((shape, index): LayerSpec => (
      { name: at(names, index), inputs: [], trainable: false, type: "InputLayer", shape }
    )),
    layer,
  ];
  const inputs = shapes.map((shape, index): Numbers => {
    const whole = [BATCH, ...shape];
    return { shape: whole, data: formulaInput(whole, index) };
  });
  return { layer, network: { layers, weights: formulaWeights(layers) }, inputs };
}

const WINDOW = { kernel: 4, strides: 3, padding: "same", bias: true } as const;
/** What the comparison with Keras (kinds.json) has no need to try: other paddings, and inputs that are no images. */
const MORE: readonly KindCase[] = [
  kindCase({ type: "Conv2D", filters: 4, ...WINDOW }, [[10, 7, 3]]),
  kindCase({ type: "Conv2D", filters: 4, ...WINDOW, strides: 1, dilation: [2, 1] }, [[10, 7, 3]]),
  kindCase({ type: "DepthwiseConv2D", depthMultiplier: 3, ...WINDOW, kernel: [2, 5], strides: [2, 1] }, [[6, 8, 2]]),
  kindCase({ type: "SeparableConv2D", filters: 5, depthMultiplier: 2, ...WINDOW, strides: 2 }, [[6, 8, 3]]),
  kindCase({ type: "MaxPooling2D", size: 2, strides: 3, padding: "same" }, [[5, 7, 3]]),
  kindCase({ type: "AveragePooling2D", size: [2, 4], strides: [1, 3], padding: "same" }, [[5, 8, 3]]),
  kindCase({ type: "Normalization", statistics: { mean: [1, 2, 3], variance: [0.25, 0, 1] } }, [[5, 7, 3]]),
  kindCase({ type: "Reshape", shape: [7, 5, 3] }, [[5, 7, 3]]),
  kindCase({ type: "Reshape", shape: [5, -1, 3] }, [[105]]),
  kindCase({ type: "Reshape", shape: [1, 1, -1] }, [[12]]),
  kindCase({ type: "Reshape", shape: [-1] }, [[1, 1, 12]]),
  kindCase({ type: "Reshape", shape: [2, 3, 2, 2] }, [[4, 6]]),
  kindCase({ type: "Flatten" }, [[4, 6]]),
  // TensorFlow takes no batch normalization of more axes.
  ...[[12], [4, 6]].map((shape) => kindCase({ type: "BatchNormalization", momentum: 0.9, epsilon: 0.01 }, [shape])),
  ...[[12], [4, 6], [2, 3, 4, 2]].flatMap((shape) => [
    kindCase({ type: "Normalization" }, [shape]),
    kindCase({ type: "Rescaling", scale: 2, offset: 0 }, [shape]),
    kindCase({ type: "Activation", activation: "softmax" }, [shape]),
    kindCase({ type: "ReverseChannels" }, [shape]),
    kindCase({ type: "Dense", units: 5, activation: "softmax" }, [shape]),
    kindCase({ type: "Dropout", rate: 0.5 }, [shape]),
  ]),
  kindCase({ type: "Dense", units: 5, activation: "softmax" }, [[5, 7, 3]]),
  kindCase({ type: "Add" }, [[12], [1]]),
  kindCase({ type: "Multiply" }, [[1, 7, 1], [5, 1, 3], [5, 7, 3]]),
];

function onnxCase({ network, inputs }: KindCase): OnnxCase {
  const names = inputs.map((_, index) => `given${index}`);
  const template = onnxModel(madeUpModel("lesson-cnn", SIZE));
  const graph = networkGraph(network, { inputs: names, output: "result" });
  return {
    model: { ...template, graph: { ...template.graph, ...graph } },
    inputs: Object.fromEntries(inputs.map((numbers, index) => [at(names, index), numbers])),
  };
}

function expected(tf: Tf, { layer, network, inputs }: KindCase): Numbers {
  const given = inputs.map(({ data, shape }) => tf.tensor(data, [...shape], "float32"));
  const weights = tensorsOf(tf, network.weights[0]);
  const output = computeLayer(tf, layer, given, weights);
  const numbers = { shape: output.shape, data: Float32Array.from(output.dataSync()) };
  tf.dispose([...given, ...weights.values(), output]);
  return numbers;
}

Deno.test(pythonTest("ONNX Runtime computes each kind of layer as Headlight does", async (t) => {
  const { tf } = await tensorflowEngine();
  const cases = [...kerasKinds.map(({ spec, inputs }) => kindCase(spec, inputs)), ...MORE];
  const results = await runOnnx(cases.map(onnxCase));
  for (const [index, one] of cases.entries()) {
    await t.step(JSON.stringify([one.layer, one.inputs.map(({ shape }) => shape)]), () => {
      const { shape, data } = expected(tf, one);
      assert.deepEqual(at(results, index).shape, shape);
      assert.deepEqual(at(results, index).outputs, [["result", "tensor(float)", ["batch", ...shape.slice(1)]]]);
      assertNear(at(results, index).data, data, TOLERANCE);
    });
  }
}));

const SIZE = 64;

/**
 * Float32's rounding: MobileNetV2 with weights by formula differs by 2e-5, and in float64 it lies between the two. All
 * others differ by 1e-6 or less.
 */
const PROBABILITY_TOLERANCE = 5e-5;

function pixelsOf({ size }: ExportedModel, count: number): Numbers {
  return { shape: [count, size, size, 3], data: madeUpPixels(count, size) };
}

for (const name of ["squeezenet11", "mobilenet_v2", "densenet121", "efficientnetb0", "lesson-cnn"] as const) {
  Deno.test(pythonTest(`ONNX Runtime gives the probabilities of ${name}, for any number of images`, async () => {
    const { tf } = await tensorflowEngine();
    const made = madeUpModel(name, SIZE);
    const model = name === "squeezenet11" ? softened(tf, made) : made;
    const images = [1, 5].map((count) => pixelsOf(model, count));
    const results = await runOnnx(images.map((pixels) => ({ model: onnxModel(model), inputs: { pixels } })));
    for (const [index, pixels] of images.entries()) {
      const expected = ownProbabilities(tf, model, pixels.data, at(pixels.shape, 0));
      const { data } = at(results, index);
      const off = Math.max(...expected.map((value, place) => Math.abs(value - at(data, place))));
      assert.equal(data.length, expected.length);
      assert.ok(off < PROBABILITY_TOLERANCE, `off by ${off}`);
      assert.ok(expected.every((value) => value > 0 && value < 1), expected.join());
    }
  }));
}

Deno.test(pythonTest("an ONNX file says what it takes, what it gives and what the classes are", async () => {
  const model = madeUpModel("lesson-cnn", SIZE);
  const [result] = await runOnnx([{ model: onnxModel(model), inputs: { pixels: pixelsOf(model, 3) } }]);
  assert.deepEqual(result?.inputs, [["pixels", "tensor(float)", ["batch", SIZE, SIZE, 3]]]);
  assert.deepEqual(result.outputs, [["probabilities", "tensor(float)", ["batch", model.classes.length]]]);
  assert.deepEqual(JSON.parse(result.metadata["classes"] ?? ""), model.classes);
  assert.equal(result.producer, "Headlight");
}));

Deno.test(pythonTest("the code that says how to load an ONNX file prints the surest classes", async () => {
  await withTemporaryFolder(async (folder) => {
    const model = madeUpModel("lesson-cnn", SIZE);
    await onnx.write(model, folder, { tf: () => Promise.reject(new Error("not needed")) });
    Deno.writeFileSync(join(folder, "photo.jpg"), bmp(90, 40));
    const [, code = ""] = /```python\n(.*?)```/s.exec(onnx.howToLoad(model)) ?? [];
    const printed = z.string().parse(await askPython("run_code.py", { folder, code }));
    const names = printed.trim().split("\n").map((line) => line.replace(/: [\d.]+%$/, ""));
    assert.equal(names.length, 3);
    assert.deepEqual(names.filter((name) => !model.classes.includes(name)), []);
  });
}));

const COMPARE = `
import json, sys
import tensorflow as tf
off = 0.0
for height, width in [(384, 512), (33, 97), (500, 375), (64, 64), (7, 200)]:
    for size in [64, 160, 224]:
        image = np.random.default_rng(height).integers(0, 256, (height, width, 3)).astype(np.float32)
        expected = tf.image.resize_with_pad(image, size, size).numpy()
        off = max(off, float(np.abs(resize_with_pad(image, size) - expected).max()))
print(json.dumps(off))
`;

Deno.test(pythonTest("the code that says how to load an ONNX file resizes as TensorFlow does", async () => {
  const [, code = ""] = /```python\n(.*?)session = /s.exec(onnx.howToLoad(madeUpModel("lesson-cnn", SIZE))) ?? [];
  const off = await pythonJson(z.number(), code + COMPARE, [], Deno.cwd());
  assert.ok(off < 1e-3, `off by ${off} of 255`);
}));

Deno.test("the code of a run with antialiasing resizes with antialiasing, in Keras and for ONNX", () => {
  const model = { ...madeUpModel("lesson-cnn", SIZE), resize: "antialias" } as const;
  assert.match(keras.howToLoad(model), /resize_with_pad\(image, 64, 64, antialias=True\)/);
  assert.match(onnx.howToLoad(model), /ImageOps\.pad\(/);
});

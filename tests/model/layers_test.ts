import assert from "node:assert/strict";
import type { LayerKind, LayerSpec, Shape } from "../../src/bases/layer_spec.ts";
import { describe as describeLayers } from "../../src/model/layers.ts";

function after(shape: Shape, kind: LayerKind, trainable = true): LayerSpec[] {
  return [
    { name: "input", type: "InputLayer", inputs: [], trainable: false, shape },
    { name: "layer", inputs: ["input"], trainable, ...kind },
  ];
}

const convolution = { type: "Conv2D", filters: 8, kernel: 3, bias: true } as const;
const depthwise = { type: "DepthwiseConv2D", kernel: 3, bias: false } as const;

// Input, layer, output shape, parameters and trainable parameters, as Keras reports them.
const CASES: readonly (readonly [Shape, LayerKind, Shape, number, number])[] = [
  [[7, 9, 3], { type: "ZeroPadding2D", padding: [[1, 3], [0, 4]] }, [11, 13, 3], 0, 0],
  [[7, 9, 3], { ...convolution, strides: 1, padding: "valid" }, [5, 7, 8], 224, 224],
  [[7, 9, 3], { ...convolution, strides: 2, padding: "valid" }, [3, 4, 8], 224, 224],
  [[7, 10, 3], { ...convolution, strides: 2, padding: "same" }, [4, 5, 8], 224, 224],
  [[7, 9, 3], { ...convolution, strides: 1, padding: "same", bias: false }, [7, 9, 8], 216, 216],
  [[7, 9, 3], { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001 }, [7, 9, 3], 12, 6],
  [[7, 9, 3], { ...convolution, kernel: [1, 5], strides: [2, 1], padding: "valid" }, [4, 5, 8], 128, 128],
  [[7, 9, 3], { ...convolution, strides: 1, padding: "valid", dilation: [2, 1] }, [3, 7, 8], 224, 224],
  [[7, 9, 3], { ...depthwise, strides: 2, padding: "valid" }, [3, 4, 3], 27, 27],
  [[7, 9, 3], { ...depthwise, strides: 1, padding: "same", depthMultiplier: 2, bias: true }, [7, 9, 6], 60, 60],
  [[7, 9, 3], { ...convolution, type: "SeparableConv2D", strides: 1, padding: "same" }, [7, 9, 8], 59, 59],
  [[7, 9, 3], { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001, scale: false }, [7, 9, 3], 9, 3],
  [[7, 9, 3], { type: "Normalization" }, [7, 9, 3], 7, 0],
  [[7, 9, 3], { type: "Normalization", statistics: { mean: [1, 2, 3], variance: [1, 1, 1] } }, [7, 9, 3], 0, 0],
  [[7, 9, 3], { type: "Rescaling", scale: 1 / 255, offset: 0 }, [7, 9, 3], 0, 0],
  [[7, 9, 3], { type: "ReLU", maxValue: 6 }, [7, 9, 3], 0, 0],
  [[7, 9, 3], { type: "Add" }, [7, 9, 3], 0, 0],
  [[7, 9, 3], { type: "Reshape", shape: [1, -1, 21] }, [1, 9, 21], 0, 0],
  [[7, 9, 3], { type: "MaxPooling2D", size: 3, strides: 2 }, [3, 4, 3], 0, 0],
  [[7, 9, 3], { type: "MaxPooling2D", size: [3, 2], strides: 2, padding: "same" }, [4, 5, 3], 0, 0],
  [[7, 9, 3], { type: "GlobalAveragePooling2D", keepdims: true }, [1, 1, 3], 0, 0],
  [[7, 9, 3], { type: "AveragePooling2D", size: 2, strides: 2 }, [3, 4, 3], 0, 0],
  [[7, 9, 3], { type: "GlobalMaxPooling2D" }, [3], 0, 0],
  [[7, 9, 3], { type: "GlobalAveragePooling2D" }, [3], 0, 0],
  [[7, 9, 3], { type: "Flatten" }, [189], 0, 0],
  [[7, 9, 3], { type: "Lambda", size: 20 }, [20, 20, 3], 0, 0],
  [[20], { type: "Dense", units: 5, activation: "relu" }, [5], 105, 105],
  [[20], { type: "Dense", units: 5, activation: "softmax", bias: false }, [5], 100, 100],
  [[20], { type: "BatchNormalization", momentum: 0.99, epsilon: 0.001 }, [20], 80, 40],
  [[20], { type: "Dropout", rate: 0.5 }, [20], 0, 0],
];

Deno.test("each kind of layer has Keras's output shape and parameter count", () => {
  for (const [input, kind, output, parameters, trainable] of CASES) {
    const row = describeLayers(after(input, kind)).at(-1);
    assert.deepEqual(row?.outputShape, [null, ...output], kind.type);
    assert.deepEqual([row.parameters, row.trainableParameters], [parameters, trainable], kind.type);
    assert.deepEqual(row.connectedTo, ["input"]);
  }
});

Deno.test("a frozen layer has no trainable parameters", () => {
  for (const [input, kind] of CASES) {
    assert.equal(describeLayers(after(input, kind, false)).at(-1)?.trainableParameters, 0, kind.type);
  }
});

Deno.test("concatenation adds up the channels and requires equal heights and widths", () => {
  const join = (second: LayerKind): LayerSpec[] => [
    ...after([7, 9, 3], { type: "Activation", activation: "relu" }),
    { name: "second", inputs: ["input"], trainable: false, ...second },
    { name: "joined", type: "Concatenate", inputs: ["layer", "second"], trainable: false },
  ];
  const fits = describeLayers(join({ ...convolution, strides: 1, padding: "same" })).at(-1);
  assert.deepEqual(fits?.outputShape, [null, 7, 9, 11]);
  assert.throws(() => describeLayers(join({ type: "MaxPooling2D", size: 3, strides: 2 })), /joined cannot concatenate/);
});

Deno.test("add and multiply repeat extents of 1 and refuse other differences", () => {
  const combine = (type: "Add" | "Multiply", second: LayerKind): LayerSpec[] => [
    ...after([7, 9, 3], { type: "Activation", activation: "relu" }),
    { name: "second", inputs: ["input"], trainable: false, ...second },
    { name: "combined", type, inputs: ["layer", "second"], trainable: false },
  ];
  for (const type of ["Add", "Multiply"] as const) {
    const row = describeLayers(combine(type, { type: "GlobalMaxPooling2D", keepdims: true })).at(-1);
    assert.deepEqual(row?.outputShape, [null, 7, 9, 3]);
    const smaller = combine(type, { type: "MaxPooling2D", size: 3, strides: 2 });
    assert.throws(() => describeLayers(smaller), /combined cannot (?:add|multiply)/);
  }
});

Deno.test("a list that is out of order, repeats a name or shrinks to nothing is refused", () => {
  const relu: LayerKind = { type: "Activation", activation: "relu" };
  const [input, layer] = after([7, 9, 3], relu);
  assert.ok(input && layer);
  assert.throws(() => describeLayers([layer, input]), /layer takes its input from input/);
  assert.throws(() => describeLayers([input, layer, layer]), /two layers have the name layer/);
  assert.throws(
    () => describeLayers(after([2, 9, 3], { type: "MaxPooling2D", size: 3, strides: 2 })),
    /has an empty output/,
  );
});

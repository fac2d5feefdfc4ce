/** Configs of models in the forms that Keras 2 and Keras 3 write. */
import assert from "node:assert/strict";
import { cutOf, describeModel, layersUpTo, ownShape } from "../../src/model/cut.ts";
import { flattenModel } from "../../src/model/keras_config/flatten.ts";
import { snakeCase } from "../../src/model/keras_config/weight_place.ts";

const KERAS_2 = { keras2: true };
const KERAS_3 = { keras2: false };

function layer(className: string, config: object, ...inputs: string[]) {
  const name = Object.entries(config).find(([key]) => key === "name")?.[1];
  return { class_name: className, config, name, inbound_nodes: inputs.length === 0 ? [] : [inputs.map(keras2Input)] };
}

function keras2Input(name: string): unknown[] {
  return [name, 0, 0, {}];
}

function functional(layers: readonly unknown[], output: string, more: object = {}) {
  return {
    class_name: "Functional",
    config: { name: "model", layers, input_layers: [["image", 0, 0]], output_layers: [[output, 0, 0]], ...more },
  };
}

const IMAGE = layer("InputLayer", { name: "image", batch_input_shape: [null, 32, 32, 3] });
const CONV = { filters: 4, kernel_size: [3, 3], strides: [1, 1], padding: "same", activation: "relu" };
const POOL = layer("GlobalAveragePooling2D", { name: "pool" }, "conv");
const DENSE = layer("Dense", { name: "dense", units: 2, activation: "softmax" }, "pool");

function conv(name: string, input: string, more: object = {}) {
  return layer("Conv2D", { name, ...CONV, ...more }, input);
}

function refusal(config: unknown, asked: string | null = null): string {
  try {
    const model = flattenModel(config, KERAS_3);
    describeModel(model, cutOf(model, asked));
  } catch (error) {
    assert.equal(error instanceof Error && error.name, "HeadlightError", String(error));
    return String(error);
  }
  return "";
}

Deno.test("layers in any order become a list in which each comes after its inputs", () => {
  const model = flattenModel(functional([DENSE, POOL, conv("conv", "image"), IMAGE], "dense"), KERAS_2);
  assert.deepEqual(model.layers.map(({ name }) => name), ["conv", "pool", "dense"]);
  assert.deepEqual(layersUpTo(model, "conv", ownShape(model)), [
    { name: "image", type: "InputLayer", inputs: [], trainable: false, shape: [32, 32, 3] },
    {
      name: "conv",
      type: "Conv2D",
      inputs: ["image"],
      trainable: false,
      filters: 4,
      kernel: 3,
      strides: 1,
      padding: "same",
      bias: true,
      activation: "relu",
    },
  ]);
});

Deno.test("Keras 3's history objects name the inputs, also of layers with several", () => {
  const tensor = (name: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
  const keras3 = (className: string, name: string, config: object, args: unknown[]) => ({
    module: "keras.layers",
    class_name: className,
    config: { name, ...config },
    name,
    inbound_nodes: args.length === 0 ? [] : [{ args, kwargs: { mask: null } }],
  });
  const model = flattenModel(
    functional([
      keras3("InputLayer", "image", { batch_shape: [null, null, null, 3] }, []),
      keras3("Conv2D", "one", CONV, [tensor("image")]),
      keras3("Conv2D", "two", CONV, [tensor("image")]),
      keras3("Add", "add", {}, [[tensor("one"), tensor("two")]]),
    ], "add"),
    KERAS_3,
  );
  assert.deepEqual(model.layers.at(-1)?.inputs, ["one", "two"]);
  assert.deepEqual(model.inputShape, [null, null, 3]);
  assert.equal(cutOf(model, null), "add");
});

Deno.test("a Sequential model of Keras 2.2 has its input shape in the first layer and only a list of layers", () => {
  const first = layer("Conv2D", { name: "conv", ...CONV, batch_input_shape: [null, 32, 32, 3] });
  const model = flattenModel(
    { class_name: "Sequential", config: [first, layer("Flatten", { name: "flat" })] },
    KERAS_2,
  );
  assert.deepEqual(model.layers.map(({ name, inputs }) => [name, ...inputs]), [["conv", "input_layer"], [
    "flat",
    "conv",
  ]]);
  assert.equal(cutOf(model, null), "conv");
});

Deno.test("layers of nested models with equal names get names of their own", () => {
  const nested = (name: string, input: string) => ({
    ...functional([IMAGE, conv("conv", "image")], "conv", { name }),
    name,
    inbound_nodes: [[keras2Input(input)]],
  });
  const model = flattenModel(functional([IMAGE, nested("left", "image"), nested("right", "left")], "right"), KERAS_2);
  assert.deepEqual(model.layers.map(({ name, inputs }) => [name, ...inputs]), [
    ["conv", "image"],
    ["right_conv", "conv"],
  ]);
  assert.deepEqual(model.layers.map(({ place }) => [place.group, place.layer, place.path]), [
    ["left", "conv", "layers/functional/layers/conv2d"],
    ["right", "conv", "layers/functional_1/layers/conv2d"],
  ]);
  assert.equal(cutOf(model, "left"), "conv");
});

Deno.test("the top begins with the last global pooling or flattening, whatever follows it", () => {
  const top = (...layers: unknown[]) => {
    const name = (layers.at(-1) as { name: string }).name;
    const model = flattenModel(functional([IMAGE, conv("conv", "image"), ...layers], name), KERAS_3);
    return cutOf(model, null);
  };
  assert.equal(top(POOL, DENSE), "conv");
  assert.equal(top(POOL), "conv");
  assert.equal(top(layer("Flatten", { name: "pool" }, "conv"), DENSE), "conv");
  const kept = layer("GlobalAveragePooling2D", { name: "pool", keepdims: true }, "conv");
  const scores = conv("scores", "pool", { kernel_size: 1 });
  // As in MobileNet.
  assert.equal(top(kept, scores, layer("Reshape", { name: "flat", target_shape: [4] }, "scores")), "conv");
  const small = conv("small", "conv", { kernel_size: 32, padding: "valid" });
  assert.equal(top(small, layer("Flatten", { name: "flat" }, "small")), "small");
  assert.equal(top(small), "small");
});

Deno.test("--cut names any layer, and a name that is not there is refused with a near one", () => {
  const config = functional([IMAGE, conv("conv", "image"), POOL, DENSE], "dense");
  assert.equal(cutOf(flattenModel(config, KERAS_3), "pool"), "pool");
  assert.match(refusal(config, "nothing_like_it"), /--cut LAYER\. To list its layers: deno task summary --base FILE$/);
  assert.match(refusal(config, "pol"), /it has no layer pol, did you mean pool\? Name another with --cut LAYER\.$/);
});

Deno.test("what a model has that is not supported is refused with the reason", () => {
  const twice = { ...conv("conv", "image"), inbound_nodes: [[keras2Input("image")], [keras2Input("conv")]] };
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [functional([IMAGE, twice], "conv"), /layer conv is used in 2 places\. Shared layers are not supported\.$/],
    [
      functional([IMAGE, conv("conv", "image", { groups: 2 }), layer("PReLU", { name: "p" }, "conv")], "p"),
      /types are not supported: PReLU; these layers are not supported: Conv2D with groups=2 \(layer conv\)\. Use/,
    ],
    [
      functional([IMAGE, conv("conv", "image", { data_format: "channels_first" })], "conv"),
      /data_format="channels_first"/,
    ],
    [functional([IMAGE, conv("conv", "image", { activation: "mish" })], "conv"), /Conv2D with activation="mish"/],
    [
      functional([IMAGE, layer("BatchNormalization", { name: "bn", axis: [1] }, "image")], "bn"),
      /layer bn \(BatchNormalization\) works along axis 1\. Only the last axis is supported\.$/,
    ],
    [
      functional([layer("InputLayer", { name: "image", batch_shape: [null, 28, 28, 1] })], "image"),
      /it takes inputs of 28 × 28 × 1\. Only models for images with 3 channels are supported\.$/,
    ],
    [
      functional([IMAGE, { ...IMAGE, name: "other" }], "image", { input_layers: [["image", 0, 0], ["other", 0, 0]] }),
      /the model has 2 inputs\. Only models with one are supported\.$/,
    ],
    [{ class_name: "MyModel", config: {} }, /a model of the class MyModel, which is defined in Python code\. Use/],
    [functional([IMAGE, conv("a", "b"), conv("b", "a")], "a"), /its model config is damaged or of an unknown form\./],
    [functional([IMAGE, conv("conv", "image", { kernel_size: 1e9 })], "conv"), /Conv2D with kernel_size=1000000000/],
    [
      functional([IMAGE, layer("Reshape", { name: "r", target_shape: [7, 7] }, "image")], "r"),
      /its layers do not fit together: layer r cannot reshape/,
    ],
  ];
  for (const [config, reason] of cases) assert.match(refusal(config), reason);
});

Deno.test("a function that Keras 3 defines otherwise is refused in a file of Keras 2", () => {
  const config = functional([IMAGE, conv("conv", "image", { activation: "hard_sigmoid" })], "conv");
  assert.equal(refusal(config), "");
  const model = flattenModel(config, KERAS_2);
  assert.throws(() => describeModel(model, "conv"), /Conv2D with activation="hard_sigmoid" \(layer conv\)/);
});

Deno.test("class names become group names as in Keras", () => {
  const names = ["Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "GlobalAveragePooling2D", "Functional"];
  assert.deepEqual(names.map(snakeCase), [
    "conv2d",
    "depthwise_conv2d",
    "batch_normalization",
    "re_lu",
    "global_average_pooling2d",
    "functional",
  ]);
});

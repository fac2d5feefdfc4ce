/** Convolutions and the dense layer. */
import { at } from "../../../at.ts";
import type { LayerOfType, Shape } from "../../../bases/layer_spec.ts";
import type { Weight } from "../../../model/weights.ts";
import { isImage, type Layer, type Rules } from "../graph/layer.ts";
import { permute } from "../graph/permute.ts";
import { windowAttributes } from "../graph/window.ts";
import { activate } from "./activations.ts";

type Convolution = LayerOfType<"Conv2D" | "DepthwiseConv2D" | "SeparableConv2D">;

export const convolutions: Rules<"Conv2D" | "DepthwiseConv2D" | "SeparableConv2D" | "Dense"> = {
  Conv2D: (spec, layer) =>
    activated(spec, layer, convolve(layer, layer.input.name, "kernel", spec.bias, window(spec, layer))),

  DepthwiseConv2D: (spec, layer) => activated(spec, layer, depthwise(spec, layer, "kernel", spec.bias)),

  SeparableConv2D(spec, layer) {
    const channels = depthwise(spec, layer, "depthwise_kernel", false);
    return activated(spec, layer, convolve(layer, channels, "pointwise_kernel", spec.bias));
  },

  Dense(spec, layer) {
    const { bias = true } = spec;
    return activated(spec, layer, dense(layer, bias));
  },
};

function activated({ activation = "linear" }: Pick<Convolution, "activation">, layer: Layer, value: string): string {
  return activate(layer, activation, value, layer.shape);
}

function window(spec: Convolution, { input, shape }: Layer) {
  return windowAttributes({ ...spec, size: spec.kernel }, input.shape, shape);
}

/**
 * Adds a convolution. Kernels are height × width × inputs × outputs in Keras, outputs × inputs × height × width in
 * ONNX.
 */
function convolve(layer: Layer, input: string, kernel: string, bias: boolean, window = {}): string {
  const { data, shape } = layer.weight(kernel);
  const [height, width, inputs, outputs] = extents(shape);
  const values = permute(data, shape, [3, 2, 0, 1]);
  return layer.node("Conv", [
    input,
    layer.floats(kernel, [outputs, inputs, height, width], values),
    ...biasIn(layer, bias),
  ], window);
}

/**
 * Adds a depthwise convolution. Its kernels are height × width × channels × multiplier in Keras. In ONNX it is a
 * convolution with a group for each channel, in the same order.
 */
function depthwise(spec: Convolution, layer: Layer, kernel: string, bias: boolean): string {
  const { data, shape } = layer.weight(kernel);
  const [height, width, channels, multiplier] = extents(shape);
  const values = permute(data, shape, [2, 3, 0, 1]);
  const inputs = [
    layer.input.name,
    layer.floats(kernel, [channels * multiplier, 1, height, width], values),
    ...biasIn(layer, bias),
  ];
  return layer.node("Conv", inputs, { ...window(spec, layer), group: channels });
}

function dense(layer: Layer, bias: boolean): string {
  const { input } = layer;
  const kernel = layer.weight("kernel");
  // A dense layer computes every position of an image separately, as a convolution with a 1×1 window does.
  if (isImage(input.shape)) return pointwise(layer, kernel, bias);
  const weights = layer.floats("kernel", kernel.shape, kernel.data);
  if (input.shape.length === 1 && bias) return layer.node("Gemm", [input.name, weights, ...biasIn(layer, bias)]);
  const product = layer.node("MatMul", [input.name, weights]);
  return bias ? layer.node("Add", [product, ...biasIn(layer, bias)]) : product;
}

function pointwise(layer: Layer, { data, shape }: Weight, bias: boolean): string {
  const [channels, units] = [at(shape, 0), at(shape, 1)];
  const values = permute(data, [1, 1, channels, units], [3, 2, 0, 1]);
  return layer.node("Conv", [
    layer.input.name,
    layer.floats("kernel", [units, channels, 1, 1], values),
    ...biasIn(layer, bias),
  ]);
}

function biasIn(layer: Layer, bias: boolean): string[] {
  if (!bias) return [];
  const { data, shape } = layer.weight("bias");
  return [layer.floats("bias", shape, data)];
}

function extents(shape: Shape): [number, number, number, number] {
  return [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
}

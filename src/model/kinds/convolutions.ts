/** Convolutions and the dense layer: the kinds with kernels. */
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { at, valueOf } from "../../at.ts";
import type { ActivationName, LayerOfType } from "../../bases/layer_spec.ts";
import type { Tf } from "../../engine/engine.ts";
import { activate } from "./activations.ts";
import { image, type Kinds, type LayerTensors, only, sizeOf, type WeightSpec } from "./kind.ts";
import { pair, positions } from "./window.ts";

type Convolution = LayerOfType<"Conv2D" | "DepthwiseConv2D" | "SeparableConv2D">;

export const convolutions: Kinds<"Conv2D" | "DepthwiseConv2D" | "SeparableConv2D" | "Dense"> = {
  Conv2D: {
    facts(spec, inputs) {
      const [height, width, channels] = image(spec, inputs);
      const shape = [...positions([height, width], { ...spec, size: spec.kernel }), spec.filters];
      const kernel = [...pair(spec.kernel), channels, spec.filters];
      return {
        shape,
        weights: [
          {
            name: "kernel",
            shape: kernel,
            trainable: spec.trainable,
            role: "kernel",
            fanIn: sizeOf(kernel.slice(0, 3)),
          },
          ...biasOf(spec, spec.filters),
        ],
        macs: sizeOf(shape.slice(0, 2)) * sizeOf(kernel),
      };
    },
    compute: (tf, spec, inputs, weights) =>
      withActivation(tf, spec.activation, (activation) =>
        tf.fused.conv2d({
          ...windowOf(spec),
          x: at(inputs, 0) as Tensor4D,
          filter: valueOf(weights, "kernel") as Tensor4D,
          ...biasIn(weights),
          activation,
        })),
  },
  DepthwiseConv2D: {
    facts(spec, inputs) {
      const { depthMultiplier = 1, trainable } = spec;
      const [height, width, channels] = image(spec, inputs);
      const shape = [...positions([height, width], { ...spec, size: spec.kernel }), channels * depthMultiplier];
      const kernel = [...pair(spec.kernel), channels, depthMultiplier];
      return {
        shape,
        weights: [
          { name: "kernel", shape: kernel, trainable, role: "kernel", fanIn: sizeOf(kernel.slice(0, 2)) },
          ...biasOf(spec, channels * depthMultiplier),
        ],
        macs: sizeOf(shape.slice(0, 2)) * sizeOf(kernel),
      };
    },
    compute: (tf, spec, inputs, weights) =>
      withActivation(tf, spec.activation, (activation) =>
        tf.fused.depthwiseConv2d({
          ...windowOf(spec),
          x: at(inputs, 0) as Tensor4D,
          filter: valueOf(weights, "kernel") as Tensor4D,
          ...biasIn(weights),
          activation,
        })),
  },
  SeparableConv2D: {
    facts(spec, inputs) {
      const { depthMultiplier = 1, filters, trainable } = spec;
      const [height, width, channels] = image(spec, inputs);
      const shape = [...positions([height, width], { ...spec, size: spec.kernel }), filters];
      const depthwise = [...pair(spec.kernel), channels, depthMultiplier];
      const inner = channels * depthMultiplier;
      const pointwise = [1, 1, inner, filters];
      return {
        shape,
        weights: [
          {
            name: "depthwise_kernel",
            shape: depthwise,
            trainable,
            role: "kernel",
            fanIn: sizeOf(depthwise.slice(0, 2)),
          },
          { name: "pointwise_kernel", shape: pointwise, trainable, role: "kernel", fanIn: inner },
          ...biasOf(spec, filters),
        ],
        macs: sizeOf(shape.slice(0, 2)) * (sizeOf(depthwise) + sizeOf(pointwise)),
      };
    },
    compute(tf, spec, inputs, weights) {
      const { strides, pad, dilations } = windowOf(spec);
      const [depthwise, pointwise] = [valueOf(weights, "depthwise_kernel"), valueOf(weights, "pointwise_kernel")];
      return withActivation(tf, spec.activation, (activation) =>
        tf.fused.conv2d({
          x: tf.depthwiseConv2d(at(inputs, 0) as Tensor4D, depthwise as Tensor4D, strides, pad, "NHWC", dilations),
          filter: pointwise as Tensor4D,
          strides: 1,
          pad: "valid",
          ...biasIn(weights),
          activation,
        }));
    },
  },
  Dense: {
    facts(spec, inputs) {
      const { units, bias = true, trainable } = spec;
      const input = only(spec, inputs);
      const channels = at(input, input.length - 1);
      const shape = [...input.slice(0, -1), units];
      return {
        shape,
        weights: [
          { name: "kernel", shape: [channels, units], trainable, role: "kernel", fanIn: channels },
          ...(bias ? [{ name: "bias", shape: [units], trainable, role: "bias" } as const] : []),
        ],
        macs: sizeOf(shape) * channels,
      };
    },
    compute(tf, spec, inputs, weights) {
      const input = at(inputs, 0);
      const channels = at(input.shape, input.shape.length - 1);
      return withActivation(tf, spec.activation, (activation) => {
        const rows = tf.fused.matMul({
          a: input.rank === 2 ? input as Tensor2D : tf.reshape(input, [-1, channels]),
          b: valueOf(weights, "kernel") as Tensor2D,
          ...biasIn(weights),
          activation,
        });
        return input.rank === 2 ? rows : tf.reshape(rows, [...input.shape.slice(0, -1), spec.units]);
      });
    },
  },
};

function biasOf({ bias, trainable }: Convolution, channels: number): WeightSpec[] {
  return bias ? [{ name: "bias", shape: [channels], trainable, role: "bias" }] : [];
}

function windowOf({ strides, padding, dilation = 1 }: Convolution) {
  return { strides: pair(strides), pad: padding, dilations: pair(dilation) };
}

function biasIn(weights: LayerTensors): { readonly bias?: Tensor } {
  const bias = weights.get("bias");
  return bias ? { bias } : {};
}

/** The activations that the engines compute together with a kernel. */
type Fused = "linear" | "relu" | "relu6";

function withActivation(tf: Tf, activation: ActivationName = "linear", fused: (activation: Fused) => Tensor): Tensor {
  if (activation === "linear" || activation === "relu" || activation === "relu6") return fused(activation);
  return activate(tf, activation, fused("linear"));
}

/** The windows of convolutions and pooling layers as attributes of ONNX operators. */
import { at } from "../../../at.ts";
import type { Shape } from "../../../bases/layer_spec.ts";
import { pair, type Window } from "../../../model/kinds/window.ts";
import type { Attributes } from "./graph.ts";

/**
 * Returns the attributes of a window over an image.
 *
 * The padding is written as numbers, by TensorFlow's rule: of an odd number of rows, the extra one is added at the
 * bottom. ONNX's SAME_UPPER means the same, but it is deprecated, and not every runtime implements it correctly with
 * strides.
 *
 * @param input the image's shape: height × width × channels
 * @param output the layer's output shape
 */
export function windowAttributes(window: Window, input: Shape, output: Shape): Attributes {
  const [size, strides, dilations] = [pair(window.size), pair(window.strides), pair(window.dilation ?? 1)];
  const missing = [0, 1].map((axis) => {
    const reach = (at(size, axis) - 1) * at(dilations, axis) + 1;
    return Math.max(0, (at(output, axis) - 1) * at(strides, axis) + reach - at(input, axis));
  });
  const before = missing.map((count) => Math.floor(count / 2));
  const after = missing.map((count) => Math.ceil(count / 2));
  return {
    kernel_shape: size,
    strides,
    pads: window.padding === "same" ? [...before, ...after] : [0, 0, 0, 0],
    ...(window.dilation === undefined ? {} : { dilations }),
  };
}

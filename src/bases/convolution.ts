/** Layers that most bases are made of. */
import type { Pooling } from "./base.ts";
import type { LayerKind, Sides } from "./layer_spec.ts";

/** Returns a square convolution without a bias. */
export function convolution(
  filters: number,
  kernel: number,
  strides = 1,
  padding: "valid" | "same" = "valid",
): LayerKind & { readonly type: "Conv2D" } {
  return { type: "Conv2D", filters, kernel, strides, padding, bias: false };
}

/** Returns a square depthwise convolution without a bias. */
export function depthwise(kernel: number, strides: number, padding: "valid" | "same"): LayerKind {
  return { type: "DepthwiseConv2D", kernel, strides, padding, bias: false };
}

export const RELU: LayerKind = { type: "Activation", activation: "relu" };

/** Returns the layer that reduces each feature map to one number. */
export function globalPooling(pooling: Pooling): LayerKind {
  return { type: pooling === "max" ? "GlobalMaxPooling2D" : "GlobalAveragePooling2D" };
}

/** Returns the same padding on all four sides. */
export function allSides(padding: number): Sides {
  return [[padding, padding], [padding, padding]];
}

/**
 * Returns the padding that Keras's MobileNets and EfficientNets put before a convolution with stride 2: an image with
 * an even side gets one row less above and one column less on the left.
 *
 * @param side of the square image, in pixels
 */
export function beforeStride2(side: number, kernel: number): Sides {
  const half = Math.floor(kernel / 2);
  const sides = [half - (side % 2 === 0 ? 1 : 0), half] as const;
  return [sides, sides];
}

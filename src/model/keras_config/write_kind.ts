/** From a kind of layer to its class and config in Keras's files: the inverse of `readLayerKind`. */
import type { LayerKind } from "../../bases/layer_spec.ts";
import { pair } from "../kinds/window.ts";

/** A layer without its name: `{"class_name": "Dense", "config": {"units": 50, …}}`. */
export interface KerasClass {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Returns a layer's class and arguments, as Keras 3 writes them. Keras 2 and tfjs read those of the layers that they
 * have.
 *
 * @throws Error for what is no layer of Keras: the resizing of the lesson's model, and the reversal of channels
 */
export function toKeras(kind: LayerKind): KerasClass {
  const layer = (config: KerasClass["config"] = {}): KerasClass => ({ class_name: kind.type, config });
  switch (kind.type) {
    case "InputLayer":
      return layer({ batch_shape: [null, ...kind.shape] });
    case "BatchNormalization": {
      const { momentum, epsilon, center = true, scale = true } = kind;
      return layer({ axis: -1, momentum, epsilon, center, scale });
    }
    case "Normalization":
      return layer({ axis: [-1], mean: kind.statistics?.mean ?? null, variance: kind.statistics?.variance ?? null });
    case "Rescaling":
      return layer({ scale: kind.scale, offset: kind.offset });
    case "Dense":
      return layer({ units: kind.units, activation: kind.activation, use_bias: kind.bias ?? true });
    case "Dropout":
      return layer({ rate: kind.rate });
    case "Conv2D":
      return layer({ filters: kind.filters, ...convolution(kind) });
    case "DepthwiseConv2D":
      return layer({ depth_multiplier: kind.depthMultiplier ?? 1, ...convolution(kind) });
    case "SeparableConv2D":
      return layer({ filters: kind.filters, depth_multiplier: kind.depthMultiplier ?? 1, ...convolution(kind) });
    case "MaxPooling2D":
    case "AveragePooling2D":
      return layer({ pool_size: pair(kind.size), strides: pair(kind.strides), padding: kind.padding ?? "valid" });
    case "GlobalMaxPooling2D":
    case "GlobalAveragePooling2D":
      return layer({ keepdims: kind.keepdims ?? false });
    case "ZeroPadding2D":
      return layer({ padding: kind.padding });
    case "Activation":
      return layer({ activation: kind.activation });
    case "ReLU": {
      const { maxValue = null, negativeSlope = 0, threshold = 0 } = kind;
      return layer({ max_value: maxValue, negative_slope: negativeSlope, threshold });
    }
    case "Concatenate":
      return layer({ axis: -1 });
    case "Reshape":
      return layer({ target_shape: kind.shape });
    case "Add":
    case "Multiply":
    case "Average":
    case "Maximum":
    case "Minimum":
    case "Subtract":
    case "Flatten":
      return layer();
    case "Lambda":
    case "ReverseChannels":
      throw new Error(`Keras has no layer ${kind.type} that a file can contain`);
  }
}

function convolution(
  { kernel, strides, padding, activation = "linear", bias, dilation = 1 }: Extract<LayerKind, { kernel: unknown }>,
): KerasClass["config"] {
  return {
    kernel_size: pair(kernel),
    strides: pair(strides),
    padding,
    dilation_rate: pair(dilation),
    activation,
    use_bias: bias,
  };
}

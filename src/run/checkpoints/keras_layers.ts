/** Layers as a tfjs LayersModel has them in its model.json, with the names of Keras's classes and arguments. */
import type { LayerKind } from "../../bases/layer_spec.ts";
import { pair } from "../../model/kinds/window.ts";

/** A layer without its name: `{"class_name": "Dense", "config": {"units": 50, …}}`. */
interface KerasLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Returns a layer's class and arguments. The inverse of `readLayerKind`.
 * @throws Error for types that no checkpoint is made of
 */
export function toKeras(kind: LayerKind): KerasLayer {
  const layer = (config: KerasLayer["config"]): KerasLayer => ({ class_name: kind.type, config });
  switch (kind.type) {
    case "BatchNormalization": {
      const { momentum, epsilon, center = true, scale = true } = kind;
      return layer({ axis: -1, momentum, epsilon, center, scale });
    }
    case "Dense":
      return layer({ units: kind.units, activation: kind.activation, use_bias: kind.bias ?? true });
    case "Dropout":
      return layer({ rate: kind.rate });
    case "Conv2D": {
      const { filters, kernel, strides, padding, activation = "linear", bias, dilation = 1 } = kind;
      return layer({
        filters,
        kernel_size: pair(kernel),
        strides: pair(strides),
        padding,
        dilation_rate: pair(dilation),
        activation,
        use_bias: bias,
      });
    }
    case "MaxPooling2D":
    case "AveragePooling2D":
      return layer({ pool_size: pair(kind.size), strides: pair(kind.strides), padding: kind.padding ?? "valid" });
    case "Activation":
      return layer({ activation: kind.activation });
    case "Flatten":
      return layer({});
    default:
      throw new Error(`a layer of type ${kind.type} cannot be stored in a checkpoint`);
  }
}

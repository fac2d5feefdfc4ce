/** Kinds that reduce an image to fewer places. */
import type { Tensor4D } from "@tensorflow/tfjs";
import { at } from "../../at.ts";
import type { LayerOfType, Shape } from "../../bases/layer_spec.ts";
import { image, type Kinds, type LayerFacts } from "./kind.ts";
import { pair, positions } from "./window.ts";

export const pooling: Kinds<"MaxPooling2D" | "AveragePooling2D" | "GlobalMaxPooling2D" | "GlobalAveragePooling2D"> = {
  MaxPooling2D: {
    facts: windowed,
    compute: (tf, { size, strides, padding = "valid" }, [input]) =>
      tf.maxPool(input as Tensor4D, pair(size), pair(strides), padding),
  },
  AveragePooling2D: {
    facts: windowed,
    compute: (tf, { size, strides, padding = "valid" }, [input]) =>
      tf.avgPool(input as Tensor4D, pair(size), pair(strides), padding),
  },
  GlobalMaxPooling2D: {
    facts: global,
    compute: (tf, { keepdims = false }, inputs) => tf.max(at(inputs, 0), [1, 2], keepdims),
  },
  GlobalAveragePooling2D: {
    facts: global,
    compute: (tf, { keepdims = false }, inputs) => tf.mean(at(inputs, 0), [1, 2], keepdims),
  },
};

function windowed(spec: LayerOfType<"MaxPooling2D" | "AveragePooling2D">, inputs: readonly Shape[]): LayerFacts {
  const [height, width, channels] = image(spec, inputs);
  return { shape: [...positions([height, width], { padding: "valid", ...spec }), channels] };
}

function global(
  spec: LayerOfType<"GlobalMaxPooling2D" | "GlobalAveragePooling2D">,
  inputs: readonly Shape[],
): LayerFacts {
  const [, , channels] = image(spec, inputs);
  return { shape: spec.keepdims ? [1, 1, channels] : [channels] };
}

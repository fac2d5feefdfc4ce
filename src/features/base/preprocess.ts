/**
 * Converts raw pixels to a base's input. Resizes and pads first and then preprocesses, so that the padding is black.
 */
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Preprocess } from "../../config.ts";
import type { ImageBatch } from "../../data/dataset/dataset.ts";
import type { Tf } from "../../engine/engine.ts";
import type { OwnPreprocessing } from "../../bases/base.ts";
import type { LayerKind } from "../../bases/layer_spec.ts";
import { resizeWithPad } from "./resize.ts";

/** ImageNet's channel statistics from keras.applications.imagenet_utils. */
const TORCH_MEAN = [0.485, 0.456, 0.406];
const TORCH_STANDARD_DEVIATION = [0.229, 0.224, 0.225];
/** In the order blue, green, red. */
const CAFFE_MEAN = [103.939, 116.779, 123.68];

export interface Preprocessing {
  /** Images are resized and padded to size × size. */
  readonly size: number;
  /**
   * `scale` divides by 255. `imagenet` applies the base's own preprocessing, `own`. A base that preprocesses inside
   * gets 0…255 in both cases, because it divides by 255 itself.
   */
  readonly preprocess: Preprocess;
  /** Null if it is unknown. */
  readonly own: OwnPreprocessing | null;
}

/** Preprocesses n×h×w×3 float32 pixels of 0…255. The caller disposes the result. */
export function preprocess(tf: Tf, pixels: Tensor4D, how: Omit<Preprocessing, "size">): Tensor4D {
  return tf.tidy(() => {
    if (how.own === "inside") return pixels.clone();
    if (how.preprocess === "scale") return pixels.div<Tensor4D>(255);
    if (how.own === null) throw new Error("a base without a preprocessing of its own takes only scaled pixels");
    if (how.own === "torch") return pixels.div(255).sub(TORCH_MEAN).div<Tensor4D>(TORCH_STANDARD_DEVIATION);
    if (how.own === "tf") return pixels.div(127.5).sub<Tensor4D>(1);
    return pixels.reverse(-1).sub<Tensor4D>(CAFFE_MEAN);
  });
}

/**
 * Returns the layers that preprocess like `preprocess`, to within float32's rounding. They follow an input layer of
 * pixels of 0…255.
 */
export function preprocessingLayers(how: Omit<Preprocessing, "size">): readonly LayerKind[] {
  if (how.own === "inside") return [];
  if (how.preprocess === "scale") return [SCALED];
  switch (how.own) {
    case null:
      throw new Error("a base without a preprocessing of its own takes only scaled pixels");
    case "torch": {
      const variance = TORCH_STANDARD_DEVIATION.map((deviation) => deviation ** 2);
      return [SCALED, { type: "Normalization", statistics: { mean: TORCH_MEAN, variance } }];
    }
    case "tf":
      return [{ type: "Rescaling", scale: 1 / 127.5, offset: -1 }];
    case "caffe": {
      const offset = CAFFE_MEAN.map((mean) => -mean);
      return [{ type: "ReverseChannels" }, { type: "Rescaling", scale: 1, offset }];
    }
  }
}

const SCALED: LayerKind = { type: "Rescaling", scale: 1 / 255, offset: 0 };

/**
 * Returns a base's input, n×size×size×3 float32, from raw pixels. The caller disposes the result; no other tensors
 * remain.
 */
export function pixelsToInput(tf: Tf, batch: ImageBatch, how: Preprocessing): Tensor4D {
  return tf.tidy(() => {
    const pixels = tf.tensor4d(batch.pixels, [batch.count, batch.height, batch.width, 3], "float32");
    return preprocess(tf, resizeWithPad(tf, pixels, how.size), how);
  });
}

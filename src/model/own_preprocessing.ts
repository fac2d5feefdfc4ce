/** How the images of a model from a file must be preprocessed. Keras's files do not say it. */
import type { OwnPreprocessing } from "../bases/base.ts";
import type { KerasModel } from "./keras_config/flatten.ts";

/** The preprocessing of keras.applications, by the beginning of the names that it gives its models. */
const APPLICATIONS: readonly (readonly [RegExp, OwnPreprocessing])[] = [
  [/^densenet\d/, "torch"],
  [/^resnet\d+v2/, "tf"],
  [/^resnet\d/, "caffe"],
  [/^vgg\d/, "caffe"],
  [/^(?:mobilenet(?:v2)?_\d|inception_(?:resnet_)?v\d|xception|nasnet)/, "tf"],
];

/** Layers that preprocess pixels. */
const PREPROCESSING: readonly string[] = ["Rescaling", "Normalization"];

/**
 * Returns the preprocessing of a model, or null if it cannot be known.
 *
 * A model that begins with a rescaling or a normalization takes pixels of 0…255. A network of keras.applications, also
 * one inside another model, is known by its name.
 */
export function ownPreprocessing(model: KerasModel): OwnPreprocessing | null {
  if (preprocessesInside(model)) return "inside";
  const names = [model.name, ...model.nested.keys()].map((name) => name.toLowerCase());
  for (const [beginning, preprocessing] of APPLICATIONS) {
    if (names.some((name) => beginning.test(name))) return preprocessing;
  }
  return null;
}

/** Follows the model from its input as far as its layers have no weights. */
function preprocessesInside({ layers, input }: KerasModel): boolean {
  let last = input;
  for (;;) {
    const next = layers.filter(({ inputs }) => inputs.includes(last));
    const [layer] = next;
    if (!layer || next.length > 1) return false;
    const type = "kind" in layer.reading ? layer.reading.kind.type : "";
    if (PREPROCESSING.includes(type)) return true;
    if (!PASSING.includes(type)) return false;
    last = layer.name;
  }
}
const PASSING: readonly string[] = ["Activation", "ZeroPadding2D", "Dropout", "ReverseChannels"];

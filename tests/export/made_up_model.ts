/** Models to export that need no file: any network with weights from a formula, and Headlight's own answers of them. */
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { bases } from "../../src/bases/bases.ts";
import { isBase, type NetworkName, scratchNetwork } from "../../src/bases/networks.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { type ExportedModel, joinParts, type NetworkPart } from "../../src/export/exported_model.ts";
import { preprocessingLayers } from "../../src/features/base/preprocess.ts";
import { buildNetwork } from "../../src/model/build.ts";
import { headLayers } from "../../src/model/head.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { formulaWeights, hash } from "../model/formula_weights.ts";

const CLASSES = ["Äpfel", "a, b", "C&D", "<e>", "f"];

function part(layers: readonly LayerSpec[]): NetworkPart {
  return { layers, weights: formulaWeights(layers) };
}

/** Returns a network with formula weights and the preprocessing of its ImageNet training, as a trained model. */
export function madeUpModel(name: NetworkName, size: number, head = "linear"): ExportedModel {
  const layers = isBase(name) ? bases[name].layers(size, "max", false) : scratchNetwork(name)?.layers(size) ?? [];
  const taken = new Set(layers.map((layer) => layer.name));
  const whole = [...layers, ...headLayers(layers.at(-1)?.name ?? "", { head, classes: CLASSES.length, taken })];
  const joined = isBase(name)
    ? joinParts(
      size,
      preprocessingLayers({ preprocess: "imagenet", own: bases[name].preprocessing }),
      part(layers),
      part(splitNetwork(whole).open),
    )
    : joinParts(size, preprocessingLayers({ preprocess: "scale", own: null }), null, part(whole));
  return { ...joined, name: "run-1", classes: CLASSES, size, resize: "bilinear" };
}

/** Returns pixels of 0…255, whole numbers. */
export function madeUpPixels(images: number, size: number): Float32Array {
  return Float32Array.from({ length: images * size * size * 3 }, (_, index) => hash(index, 7) % 256);
}

/** Returns what Headlight makes of the pixels: the probabilities, image by image. */
export function ownProbabilities(tf: Tf, { layers, weights, size }: ExportedModel, pixels: Float32Array): Float32Array {
  const network = buildNetwork(tf, layers, weights);
  const values = tf.tidy(() => {
    const input = tf.tensor4d(pixels, [pixels.length / (size * size * 3), size, size, 3]);
    return Float32Array.from(network.predict(input).dataSync());
  });
  network.dispose();
  return values;
}

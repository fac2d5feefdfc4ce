/** Models to export that need no file: any network with weights from a formula. Made faster than those of `models.ts`. */
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { bases } from "../../src/bases/bases.ts";
import { isBase, type NetworkName, scratchNetwork } from "../../src/bases/networks.ts";
import { type ExportedModel, joinParts, type NetworkPart } from "../../src/export/exported_model.ts";
import { preprocessingLayers } from "../../src/features/base/preprocess.ts";
import { headLayers } from "../../src/model/head.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { formulaWeights } from "../model/formula_weights.ts";

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

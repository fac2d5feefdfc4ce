/** Takes a classifier apart: the model up to its logits, and the activation that makes probabilities of them. */
import type { ActivationName } from "../bases/layer_spec.ts";
import type { KerasLayer, KerasModel } from "./keras_config/flatten.ts";

/**
 * The activations that make probabilities. Each needs all logits of an image, or makes one probability of one logit.
 */
const PROBABILITIES: readonly ActivationName[] = ["softmax", "sigmoid"];

/** Returns the activation of a model's last layer, or null if that is neither a Dense nor an Activation layer. */
export function lastActivation(model: KerasModel): ActivationName | null {
  const kind = kindOf(lastLayer(model));
  return kind?.type === "Dense" || kind?.type === "Activation" ? kind.activation : null;
}

/**
 * Returns a model without the softmax or sigmoid of its last layer, so that it outputs logits. A model that ends with
 * anything else stays as it is.
 *
 * Probabilities in float32 lose what a loss needs: of logits 20 apart, the smaller probability rounds the larger to 1.
 */
export function upToLogits(model: KerasModel): KerasModel {
  const last = lastLayer(model);
  const kind = kindOf(last);
  if (!last || (kind?.type !== "Dense" && kind?.type !== "Activation")) return model;
  if (!PROBABILITIES.includes(kind.activation)) return model;
  const [input] = last.inputs;
  if (kind.type === "Activation" && input !== undefined && input !== model.input) {
    return { ...model, layers: model.layers.filter((layer) => layer !== last), output: input };
  }
  const linear: KerasLayer = { ...last, reading: { ...last.reading, kind: { ...kind, activation: "linear" } } };
  return { ...model, layers: model.layers.map((layer) => layer === last ? linear : layer) };
}

function lastLayer({ layers, output }: KerasModel): KerasLayer | undefined {
  return layers.find(({ name }) => name === output);
}

function kindOf(layer: KerasLayer | undefined) {
  return layer && "kind" in layer.reading ? layer.reading.kind : null;
}

/** The rules of layers that compute every value separately. */
import type { Rules } from "../graph/layer.ts";
import { activate, clip } from "./activations.ts";

export const elementwise: Rules<"Activation" | "ReLU" | "Dropout"> = {
  Activation: ({ activation }, layer) => activate(layer, activation, layer.input.name, layer.shape),

  ReLU({ maxValue = Infinity, negativeSlope = 0, threshold = 0 }, layer) {
    const { graph, input: { name: input } } = layer;
    if (threshold === 0 && maxValue === Infinity) {
      return negativeSlope === 0
        ? layer.node("Relu", [input])
        : layer.node("LeakyRelu", [input], { alpha: { float: negativeSlope } });
    }
    if (threshold === 0 && negativeSlope === 0) return clip(layer, input, maxValue);
    const positive = threshold === 0
      ? layer.node("Relu", [input])
      : layer.node("ThresholdedRelu", [input], { alpha: { float: threshold } });
    const limited = maxValue === Infinity ? positive : layer.node("Min", [positive, graph.scalar(maxValue)]);
    if (negativeSlope === 0) return limited;
    const below = layer.node("Relu", [layer.node("Sub", [graph.scalar(threshold), input])]);
    return layer.node("Sub", [limited, layer.node("Mul", [below, graph.scalar(negativeSlope)])]);
  },

  /** Dropout does nothing in inference. */
  Dropout: (_, { input }) => input.name,
};

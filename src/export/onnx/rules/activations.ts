/** The activation functions, as src/model/kinds/activations.ts computes them. */
import type { ActivationName, Shape } from "../../../bases/layer_spec.ts";
import { channelAxis, type Layer } from "../graph/layer.ts";

/**
 * Adds an activation and returns the name of its output.
 *
 * @param value the name of the activation's input
 * @param shape the shape of the value in Keras, without the batch dimension
 */
export function activate(layer: Layer, activation: ActivationName, value: string, shape: Shape): string {
  const { graph } = layer;
  switch (activation) {
    case "linear":
      return value;
    case "relu":
      return layer.node("Relu", [value]);
    case "relu6":
      return clip(layer, value, 6);
    case "sigmoid":
      return layer.node("Sigmoid", [value]);
    case "silu":
      return layer.node("Mul", [value, layer.node("Sigmoid", [value])]);
    case "softmax":
      return layer.node("Softmax", [value], { axis: channelAxis(shape) });
    case "tanh":
      return layer.node("Tanh", [value]);
    case "elu":
      return layer.node("Elu", [value]);
    case "selu":
      return layer.node("Selu", [value]);
    case "gelu": {
      // ONNX has the operator Gelu since opset 20. Runtimes recognize this form of it.
      const erf = layer.node("Erf", [layer.node("Div", [value, graph.scalar(Math.SQRT2)])]);
      const weighted = layer.node("Mul", [value, layer.node("Add", [erf, graph.scalar(1)])]);
      return layer.node("Mul", [weighted, graph.scalar(0.5)]);
    }
    case "softplus":
      return layer.node("Softplus", [value]);
    case "softsign":
      return layer.node("Softsign", [value]);
    case "exponential":
      return layer.node("Exp", [value]);
    case "hard_sigmoid":
      // In Keras 3 it is relu6(x + 3) / 6. The default slope in ONNX is 0.2, as in Keras 2.
      return layer.node("HardSigmoid", [value], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
    case "hard_silu":
      return layer.node("HardSwish", [value]);
  }
}

/** Adds a node that limits a value to 0…most. Returns the name of its output. */
export function clip(layer: Layer, value: string, most: number): string {
  return layer.node("Clip", [value, layer.graph.scalar(0), layer.graph.scalar(most)]);
}

/** The rules of layers that scale and shift each channel. */
import type { Weight } from "../../../model/weights.ts";
import { LEAST_DEVIATION } from "../../../model/kinds/normalization.ts";
import { channelAxis, type Layer, type Rules } from "../graph/layer.ts";

export const normalization: Rules<"BatchNormalization" | "Normalization" | "Rescaling"> = {
  BatchNormalization({ epsilon, scale = true, center = true }, layer) {
    const [mean, variance] = [layer.weight("moving_mean"), layer.weight("moving_variance")];
    const gamma = scale ? layer.weight("gamma") : filled(mean, "gamma", 1);
    const beta = center ? layer.weight("beta") : filled(mean, "beta", 0);
    if (channelAxis(layer.shape) === 1) {
      const constants = [gamma, beta, mean, variance].map(({ name, shape, data }) => layer.floats(name, shape, data));
      return layer.node("BatchNormalization", [layer.input.name, ...constants], { epsilon: { float: epsilon } });
    }
    // ONNX's BatchNormalization normalizes along axis 1 only.
    const factor = variance.data.map((value, channel) => (gamma.data[channel] ?? NaN) / Math.sqrt(value + epsilon));
    const offset = mean.data.map((value, channel) => (beta.data[channel] ?? NaN) - value * (factor[channel] ?? NaN));
    return layer.node("Add", [scaled(layer, "factor", factor), layer.perChannel("offset", offset)]);
  },

  Normalization({ statistics }, layer) {
    const mean = statistics ? Float32Array.from(statistics.mean) : layer.weight("mean").data;
    const variance = statistics ? Float32Array.from(statistics.variance) : layer.weight("variance").data;
    const deviation = variance.map((value) => Math.max(Math.sqrt(value), LEAST_DEVIATION));
    const centered = layer.node("Sub", [layer.input.name, layer.perChannel("mean", mean)]);
    return layer.node("Div", [centered, layer.perChannel("deviation", deviation)]);
  },

  Rescaling({ scale, offset }, layer) {
    const product = scale === 1 ? layer.input.name : scaled(layer, "scale", scale);
    return offset === 0 ? product : layer.node("Add", [product, factors(layer, "offset", offset)]);
  },
};

type Factors = number | readonly number[] | Float32Array;

function scaled(layer: Layer, name: string, scale: Factors): string {
  return layer.node("Mul", [layer.input.name, factors(layer, name, scale)]);
}

function factors(layer: Layer, name: string, values: Factors): string {
  return typeof values === "number" ? layer.graph.scalar(values) : layer.perChannel(name, Float32Array.from(values));
}

function filled({ shape, data }: Weight, name: string, value: number): Weight {
  return { name, shape, data: new Float32Array(data.length).fill(value) };
}

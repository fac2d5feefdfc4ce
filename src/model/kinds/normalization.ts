/** Kinds that scale and shift each channel. */
import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import { at, valueOf } from "../../at.ts";
import type { LayerSpec, Shape } from "../../bases/layer_spec.ts";
import type { Tf } from "../../engine/engine.ts";
import { type Kinds, only } from "./kind.ts";

export const normalization: Kinds<"BatchNormalization" | "Normalization" | "Rescaling"> = {
  BatchNormalization: {
    facts(spec, inputs) {
      const { scale = true, center = true, trainable } = spec;
      const shape = perChannel(spec, inputs);
      return {
        shape: only(spec, inputs),
        weights: [
          ...(scale ? [{ name: "gamma", shape, trainable, role: "gamma" } as const] : []),
          ...(center ? [{ name: "beta", shape, trainable, role: "beta" } as const] : []),
          { name: "moving_mean", shape, trainable: false, role: "mean" },
          { name: "moving_variance", shape, trainable: false, role: "variance" },
        ],
      };
    },
    compute(tf, { epsilon }, inputs, weights) {
      const [mean, variance] = [valueOf(weights, "moving_mean"), valueOf(weights, "moving_variance")];
      const [beta, gamma] = [weights.get("beta"), weights.get("gamma")];
      return tf.batchNorm(at(inputs, 0), mean as Tensor1D, variance as Tensor1D, beta, gamma, epsilon);
    },
  },
  Normalization: {
    facts(spec, inputs) {
      const shape = perChannel(spec, inputs);
      if (spec.statistics) return { shape: only(spec, inputs) };
      return {
        shape: only(spec, inputs),
        weights: [
          { name: "mean", shape, trainable: false, role: "mean" },
          { name: "variance", shape, trainable: false, role: "variance" },
          // How many values Keras's `adapt` has seen. The result does not depend on it.
          { name: "count", shape: [], trainable: false, role: "count" },
        ],
      };
    },
    compute(tf, { statistics }, inputs, weights) {
      const mean = statistics ? tf.tensor1d([...statistics.mean]) : valueOf(weights, "mean");
      const variance = statistics ? tf.tensor1d([...statistics.variance]) : valueOf(weights, "variance");
      return tf.div(tf.sub(at(inputs, 0), mean), tf.maximum(tf.sqrt(variance), LEAST_DEVIATION));
    },
  },
  Rescaling: {
    facts: (spec, inputs) => ({ shape: only(spec, inputs) }),
    compute: (tf, { scale, offset }, inputs) => tf.add(tf.mul(at(inputs, 0), factors(tf, scale)), factors(tf, offset)),
  },
};

/** Keras's epsilon, below which it divides by no standard deviation. */
export const LEAST_DEVIATION = 1e-7;

function factors(tf: Tf, values: number | readonly number[]): Tensor {
  return typeof values === "number" ? tf.scalar(values) : tf.tensor1d([...values]);
}

function perChannel(spec: LayerSpec, inputs: readonly Shape[]): Shape {
  const shape = only(spec, inputs);
  return [at(shape, shape.length - 1)];
}

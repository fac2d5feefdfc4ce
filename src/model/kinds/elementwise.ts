/** Kinds that treat every value by itself. */
import { at } from "../../at.ts";
import { activate } from "./activations.ts";
import { type Kinds, only } from "./kind.ts";

export const elementwise: Kinds<"Activation" | "ReLU" | "Dropout"> = {
  Activation: {
    facts: (spec, inputs) => ({ shape: only(spec, inputs) }),
    compute: (tf, { activation }, inputs) => activate(tf, activation, at(inputs, 0)),
  },
  ReLU: {
    facts: (spec, inputs) => ({ shape: only(spec, inputs) }),
    compute(tf, { maxValue = Infinity, negativeSlope = 0, threshold = 0 }, inputs) {
      const input = at(inputs, 0);
      if (threshold === 0 && negativeSlope === 0 && maxValue === 6) return tf.relu6(input);
      const positive = threshold === 0 ? tf.relu(input) : tf.mul(input, tf.greater(input, threshold).toFloat());
      const limited = maxValue === Infinity ? positive : tf.minimum(positive, maxValue);
      return negativeSlope === 0 ? limited : tf.sub(limited, tf.mul(tf.relu(tf.sub(threshold, input)), negativeSlope));
    },
  },
  /** Does nothing in inference. */
  Dropout: {
    facts: (spec, inputs) => ({ shape: only(spec, inputs) }),
    compute: (_tf, _spec, inputs) => at(inputs, 0).clone(),
  },
};

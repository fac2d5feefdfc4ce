/** The activation functions, as Keras 3 defines them. */
import type { Tensor } from "@tensorflow/tfjs";
import type { ActivationName } from "../../bases/layer_spec.ts";
import type { Tf } from "../../engine/engine.ts";

/** Returns the activation of every value, as a new tensor. May leave intermediate tensors to the caller's `tf.tidy`. */
export function activate(tf: Tf, name: ActivationName, input: Tensor): Tensor {
  switch (name) {
    case "linear":
      return input.clone();
    case "relu":
      return tf.relu(input);
    case "relu6":
      return tf.relu6(input);
    case "sigmoid":
      return tf.sigmoid(input);
    case "silu":
      return tf.mul(input, tf.sigmoid(input));
    case "softmax":
      return tf.softmax(input);
    case "tanh":
      return tf.tanh(input);
    case "elu":
      return tf.elu(input);
    case "selu":
      return tf.selu(input);
    case "gelu":
      return tf.mul(tf.mul(input, 0.5), tf.add(tf.erf(tf.div(input, Math.SQRT2)), 1));
    case "softplus":
      return tf.softplus(input);
    case "softsign":
      return tf.div(input, tf.add(tf.abs(input), 1));
    case "exponential":
      return tf.exp(input);
    case "hard_sigmoid":
      return hardSigmoid(tf, input);
    case "hard_silu":
      return tf.mul(input, hardSigmoid(tf, input));
  }
}

function hardSigmoid(tf: Tf, input: Tensor): Tensor {
  return tf.div(tf.relu6(tf.add(input, 3)), 6);
}

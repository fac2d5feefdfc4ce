/**
 * The gradient of relu as TensorFlow's own op. tfjs composes it of four ops with two constants of the size of the
 * activations, which in a graph of a convolutional network are tens of megabytes and a third of a step's time.
 */
import type { NamedTensorInfoMap, Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../engine.ts";
import { nodeBackend } from "./binding.ts";

/** TensorFlow's name of the op, which becomes the name of a kernel of tfjs. */
const RELU_GRADIENT = "ReluGrad";
/** TF_ATTR_TYPE (tensorflow/c/tf_attrtype.h): the attribute is a type. */
const TYPE_ATTRIBUTE = 4;

/**
 * Registers the gradient with tfjs, for all engines of this process: on others than TensorFlow it remains tfjs's own.
 * Values are equal but for the sign of zeros.
 */
export function registerReluGradient(tf: Tf): void {
  tf.registerKernel({
    kernelName: RELU_GRADIENT,
    backendName: "tensorflow",
    kernelFunc: ({ inputs }) => {
      const backend = nodeBackend(tf);
      const { gradient, output } = inputs as NamedTensorInfoMap;
      if (!backend || !gradient || !output) throw new Error(`${RELU_GRADIENT} takes a gradient and relu's output`);
      const ids = backend.getInputTensorIds([gradient, output]);
      const attributes = [{ name: "T", type: TYPE_ATTRIBUTE, value: backend.getDTypeInteger("float32") }];
      const [result] = backend.binding.executeOp(RELU_GRADIENT, attributes, ids, 1);
      if (!result) throw new Error(`${RELU_GRADIENT} gives nothing`);
      return backend.createOutputTensor(result);
    },
  });
  tf.registerGradient({
    kernelName: "Relu",
    outputsToSave: [true],
    gradFunc: (dy, [saved]) => {
      const gradient = Array.isArray(dy) ? dy[0] : dy;
      if (!gradient || !saved) throw new Error("tfjs gave no gradient or no output of relu");
      return { x: () => nodeBackend(tf) ? ownGradient(tf, gradient, saved) : tf.mul(gradient, tf.step(saved)) };
    },
  });
}

function ownGradient(tf: Tf, gradient: Tensor, output: Tensor): Tensor {
  return tf.engine().runKernel(RELU_GRADIENT, { gradient, output });
}

/** Kinds with several inputs. */
import type { Tensor } from "@tensorflow/tfjs";
import { at } from "../../at.ts";
import type { LayerSpec, Shape } from "../../bases/layer_spec.ts";
import { image, type Kinds, only } from "./kind.ts";

export const merging: Kinds<"Concatenate" | "Add" | "Multiply" | "Average" | "Maximum" | "Minimum" | "Subtract"> = {
  Concatenate: {
    facts(spec, inputs) {
      const [height, width] = image(spec, inputs);
      if (inputs.some((shape) => shape[0] !== height || shape[1] !== width)) throw unfit(spec, "concatenate", inputs);
      return { shape: [height, width, inputs.reduce((sum, shape) => sum + at(shape, shape.length - 1), 0)] };
    },
    compute: (tf, _, inputs) => tf.concat([...inputs], -1),
  },
  Add: {
    facts: (spec, inputs) => ({ shape: broadcast(spec, "add", inputs) }),
    compute: (tf, _, inputs) => combined(inputs, (one, other) => tf.add(one, other)),
  },
  Multiply: {
    facts: (spec, inputs) => ({ shape: broadcast(spec, "multiply", inputs) }),
    compute: (tf, _, inputs) => combined(inputs, (one, other) => tf.mul(one, other)),
  },
  Average: {
    facts: (spec, inputs) => ({ shape: broadcast(spec, "average", inputs) }),
    compute: (tf, _, inputs) => tf.div(combined(inputs, (one, other) => tf.add(one, other)), inputs.length),
  },
  Maximum: {
    facts: (spec, inputs) => ({ shape: broadcast(spec, "compare", inputs) }),
    compute: (tf, _, inputs) => combined(inputs, (one, other) => tf.maximum(one, other)),
  },
  Minimum: {
    facts: (spec, inputs) => ({ shape: broadcast(spec, "compare", inputs) }),
    compute: (tf, _, inputs) => combined(inputs, (one, other) => tf.minimum(one, other)),
  },
  Subtract: {
    facts: (spec, inputs) => ({ shape: broadcast(spec, "subtract", inputs) }),
    compute: (tf, _, inputs) => combined(inputs, (one, other) => tf.sub(one, other)),
  },
};

function combined(inputs: readonly Tensor[], two: (one: Tensor, other: Tensor) => Tensor): Tensor {
  const [first, ...rest] = inputs;
  if (!first) throw new Error("nothing to combine");
  return rest.length === 0 ? first.clone() : rest.reduce(two, first);
}

function broadcast(spec: LayerSpec, verb: string, inputs: readonly Shape[]): Shape {
  const first = only(spec, inputs);
  const shape = first.map((_, axis) => Math.max(...inputs.map((input) => input[axis] ?? 0)));
  const fits = (input: Shape) =>
    input.length === shape.length && input.every((extent, axis) => extent === 1 || extent === shape[axis]);
  if (!inputs.every(fits)) throw unfit(spec, verb, inputs);
  return shape;
}

function unfit({ name }: LayerSpec, verb: string, inputs: readonly Shape[]): Error {
  return new Error(`layer ${name} cannot ${verb} shapes ${inputs.map((shape) => `(${shape})`)}`);
}

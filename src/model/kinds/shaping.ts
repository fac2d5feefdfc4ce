/** Kinds that change the shape or the order and keep the values. */
import type { Tensor4D } from "@tensorflow/tfjs";
import { at } from "../../at.ts";
import type { LayerSpec, Shape } from "../../bases/layer_spec.ts";
import { image, type Kinds, only, sizeOf } from "./kind.ts";

export const shaping: Kinds<
  "InputLayer" | "Lambda" | "ZeroPadding2D" | "Reshape" | "Flatten" | "ReverseChannels"
> = {
  InputLayer: { facts: ({ shape }) => ({ shape }), compute: (_, spec) => notComputed(spec) },
  Lambda: {
    facts(spec, inputs) {
      const [, , channels] = image(spec, inputs);
      return { shape: [spec.size, spec.size, channels] };
    },
    compute: (_, spec) => notComputed(spec),
  },
  ZeroPadding2D: {
    facts(spec, inputs) {
      const [height, width, channels] = image(spec, inputs);
      const [[top, bottom], [left, right]] = spec.padding;
      return { shape: [top + height + bottom, left + width + right, channels] };
    },
    compute(tf, { padding: [[top, bottom], [left, right]] }, [input]) {
      return tf.pad(input as Tensor4D, [[0, 0], [top, bottom], [left, right], [0, 0]]);
    },
  },
  Reshape: {
    facts(spec, inputs) {
      const shape = resolved(spec.shape, sizeOf(only(spec, inputs)));
      if (sizeOf(shape) !== sizeOf(only(spec, inputs)) || !shape.every(Number.isInteger)) {
        throw new Error(`layer ${spec.name} cannot reshape (${only(spec, inputs)}) to (${spec.shape})`);
      }
      return { shape };
    },
    compute(tf, { shape }, inputs) {
      const input = at(inputs, 0);
      // Without -1, which a graph for any number of images needs for the batch dimension.
      return tf.reshape(input, [at(input.shape, 0), ...resolved(shape, sizeOf(input.shape.slice(1)))]);
    },
  },
  ReverseChannels: {
    facts: (spec, inputs) => ({ shape: only(spec, inputs) }),
    compute: (tf, _, inputs) => tf.reverse(at(inputs, 0), -1),
  },
  Flatten: {
    facts: (spec, inputs) => ({ shape: [sizeOf(only(spec, inputs))] }),
    compute(tf, _, inputs) {
      const input = at(inputs, 0);
      return tf.reshape(input, [at(input.shape, 0), sizeOf(input.shape.slice(1))]);
    },
  },
};

/** Returns the shape with -1 replaced by the extent that follows from the number of values. */
function resolved(shape: Shape, size: number): Shape {
  const left = size / sizeOf(shape.filter((extent) => extent !== -1));
  return shape.map((extent) => extent === -1 ? left : extent);
}

function notComputed({ name, type }: LayerSpec): never {
  throw new Error(`layer ${name}: a layer of type ${type} is not computed`);
}

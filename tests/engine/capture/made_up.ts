/** Inputs for captured functions: numbers without a pattern, the same in every run. */
import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../../../src/engine/engine.ts";

export function numbers(shape: readonly number[], phase = 0): Float32Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 12.9898 + phase) * 1.7));
}

export function floats<T extends Tensor = Tensor>(tf: Tf, shape: readonly number[], phase = 0): T {
  return tf.tensor(numbers(shape, phase), [...shape], "float32") as Tensor as T;
}

/** Returns the content of a tensor, for comparison bit by bit. */
export interface Content {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

/** Reads a tensor and disposes it. */
export function take(tensor: Tensor): Content {
  const content = { shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] };
  tensor.dispose();
  return content;
}

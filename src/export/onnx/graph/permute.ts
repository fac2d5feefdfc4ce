/** Reorders the axes of kernels. */
import { at } from "../../../at.ts";
import type { Shape } from "../../../bases/layer_spec.ts";

/** An order of four axes. */
export type Axes = readonly [number, number, number, number];

/**
 * Returns the values of a four-dimensional array with its axes in another order, as `numpy.transpose` does.
 *
 * @param data the values, row-major
 * @param axes for each axis of the result, the axis of the array
 */
export function permute(data: Float32Array, shape: Shape, axes: Axes): Float32Array {
  const strides = [at(shape, 1) * at(shape, 2) * at(shape, 3), at(shape, 2) * at(shape, 3), at(shape, 3), 1];
  const [first, second, third, fourth] = axes.map((axis) => ({ extent: at(shape, axis), stride: at(strides, axis) }));
  if (!first || !second || !third || !fourth) throw new Error("four axes are required");
  const permuted = new Float32Array(data.length);
  let place = 0;
  for (let one = 0; one < first.extent; one++) {
    for (let two = 0; two < second.extent; two++) {
      for (let three = 0; three < third.extent; three++) {
        const start = one * first.stride + two * second.stride + three * third.stride;
        for (let four = 0; four < fourth.extent; four++) permuted[place++] = at(data, start + four * fourth.stride);
      }
    }
  }
  return permuted;
}

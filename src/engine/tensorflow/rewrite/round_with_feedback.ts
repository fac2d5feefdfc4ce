/**
 * Rounds a kernel to bfloat16 so as to preserve a convolution's results rather than each weight. Weights that are
 * rounded later compensate for the errors of weights that were rounded earlier, as far as their inputs are correlated.
 * This is GPTQ (Frantar et al. 2023) in reverse order with a Cholesky factor, which gives the same result (Babai's
 * nearest plane). Since channels and positions are treated independently, the factor is a Kronecker product of two
 * small ones.
 */
import { bfloat16Of, floatOf } from "./bfloat16.ts";
import { dampedCholesky } from "./cholesky.ts";
import type { Correlations } from "./correlations.ts";

/**
 * Returns the rounded kernel.
 *
 * @param kernel height × width × input channels × output channels, row-major
 * @returns values that bfloat16 represents exactly, in the same order
 */
export function roundWithFeedback(kernel: Float32Array, { channels, places }: Correlations): Float32Array {
  const count = Math.sqrt(places.length);
  const inputs = channels.reduce((sum, { size }) => sum + size, 0);
  // The size is checked once, because `at` for each element would make the loops below ten times as slow.
  if (kernel.length % (count * inputs) !== 0) {
    throw new RangeError(`${kernel.length} weights are not a kernel of ${count} places and ${inputs} channels`);
  }
  const whole = { values: kernel, rounded: new Float32Array(kernel.length), count, inputs };
  const placeFactor = dampedCholesky(places, count);
  for (const { from, size, products } of channels) {
    // The channel with the most energy comes last in the factor, and so is rounded first, while most others can still
    // compensate.
    const energy = (channel: number) => products[channel * size + channel] ?? 0;
    const order = Array.from({ length: size }, (_, channel) => channel)
      .sort((one, other) => energy(one) - energy(other));
    const ordered = Float64Array.from(
      order.flatMap((row) => order.map((column) => products[row * size + column] ?? 0)),
    );
    roundBlock(whole, order.map((channel) => from + channel), placeFactor, dampedCholesky(ordered, size));
  }
  return whole.rounded;
}

/** A kernel while it is being rounded. */
interface Kernel {
  readonly values: Float32Array;
  readonly rounded: Float32Array;
  /** The number of positions: height times width. */
  readonly count: number;
  /** The number of input channels. */
  readonly inputs: number;
}

/**
 * Rounds the weights of a block of channels.
 *
 * @param channels the channels of the block, in the order of `channelFactor`
 */
function roundBlock(
  { values, rounded, count, inputs }: Kernel,
  channels: readonly number[],
  placeFactor: Float64Array,
  channelFactor: Float64Array,
): void {
  const size = channels.length;
  const outputs = values.length / count / inputs;
  /**
   * `errors` has the rounding errors by position, channel and output. `spread` is the channels' factor times the
   * errors.
   */
  const errors = new Float64Array(count * size * outputs);
  const spread = new Float64Array(count * size * outputs);
  const owed = new Float64Array(outputs);
  for (let place = count - 1; place >= 0; place--) {
    const errorsHere = errors.subarray(place * size * outputs, (place + 1) * size * outputs);
    for (let at = size - 1; at >= 0; at--) {
      owed.fill(0);
      addProduct(owed, channelFactor.subarray(at * size + at + 1, (at + 1) * size), errorsHere, (at + 1) * outputs);
      for (let after = place + 1; after < count; after++) {
        const share = (placeFactor[place * count + after] ?? 0) / (placeFactor[place * count + place] ?? 1);
        addProduct(owed, [share], spread, (after * size + at) * outputs);
      }
      const pivot = channelFactor[at * size + at] ?? 1;
      const start = (place * inputs + (channels[at] ?? 0)) * outputs;
      for (let output = 0; output < outputs; output++) {
        const value = values[start + output] ?? 0;
        const nearest = floatOf(bfloat16Of(value + (owed[output] ?? 0) / pivot));
        rounded[start + output] = nearest;
        errorsHere[at * outputs + output] = value - nearest;
      }
    }
    // The first position is the last to be rounded, so nothing needs its spread.
    for (let at = 0; place > 0 && at < size; at++) {
      const into = (place * size + at) * outputs;
      addProduct(
        spread.subarray(into, into + outputs),
        channelFactor.subarray(at * size + at, (at + 1) * size),
        errorsHere,
        at * outputs,
      );
    }
  }
}

/**
 * Adds the product of a row vector and a matrix to `into`.
 *
 * @param factors the row vector
 * @param values contains the matrix from `start` on, row-major, with rows of the length of `into`
 */
function addProduct(into: Float64Array, factors: ArrayLike<number>, values: Float64Array, start: number): void {
  const width = into.length;
  let row = 0;
  // Four rows at a time, which is two and a half times as fast as one.
  for (; row + 3 < factors.length; row += 4) {
    const [first = 0, second = 0, third = 0, fourth = 0] = [
      factors[row],
      factors[row + 1],
      factors[row + 2],
      factors[row + 3],
    ];
    const from = start + row * width;
    for (let column = 0; column < width; column++) {
      const at = from + column;
      into[column] = (into[column] ?? 0) + first * (values[at] ?? 0) + second * (values[at + width] ?? 0) +
        third * (values[at + 2 * width] ?? 0) + fourth * (values[at + 3 * width] ?? 0);
    }
  }
  for (; row < factors.length; row++) {
    const factor = factors[row] ?? 0;
    for (let column = 0; column < width; column++) {
      into[column] = (into[column] ?? 0) + factor * (values[start + row * width + column] ?? 0);
    }
  }
}

/**
 * Rounds a kernel to bfloat16 so as to keep a convolution's results rather than each weight: what rounding one weight does
 * to them, the weights rounded after it make up for, as far as their inputs go together with its own. This is GPTQ
 * (Frantar et al. 2023) done backwards with a Cholesky factor, which gives the same (Babai's nearest plane). With channels
 * and places apart the factor is a Kronecker product of two small ones.
 */
import { bfloat16Of, floatOf } from "./bfloat16.ts";
import { dampedCholesky } from "./cholesky.ts";
import type { Correlations } from "./correlations.ts";

/**
 * @param kernel height × width × input channels × output channels, row-major.
 * @returns values that bfloat16 holds, in the same order.
 */
export function roundWithFeedback(kernel: Float32Array, { channels, places }: Correlations): Float32Array {
  const count = Math.sqrt(places.length);
  const inputs = channels.reduce((sum, { size }) => sum + size, 0);
  // Checked once here: `at` for each element would make the loops below ten times as slow.
  if (kernel.length % (count * inputs) !== 0) {
    throw new RangeError(`${kernel.length} weights are not a kernel of ${count} places and ${inputs} channels`);
  }
  const whole = { values: kernel, rounded: new Float32Array(kernel.length), count, inputs };
  const placeFactor = dampedCholesky(places, count);
  for (const { from, size, products } of channels) {
    // The loudest channel comes last in the factor, and is rounded first: while most others can make up for it.
    const loudness = (channel: number) => products[channel * size + channel] ?? 0;
    const order = Array.from({ length: size }, (_, channel) => channel)
      .sort((one, other) => loudness(one) - loudness(other));
    const ordered = Float64Array.from(
      order.flatMap((row) => order.map((column) => products[row * size + column] ?? 0)),
    );
    roundBlock(whole, order.map((channel) => from + channel), placeFactor, dampedCholesky(ordered, size));
  }
  return whole.rounded;
}

interface Kernel {
  readonly values: Float32Array;
  readonly rounded: Float32Array;
  /** Height times width. */
  readonly count: number;
  /** Input channels. */
  readonly inputs: number;
}

/** @param channels of the block, in the order of `channelFactor`. */
function roundBlock(
  { values, rounded, count, inputs }: Kernel,
  channels: readonly number[],
  placeFactor: Float64Array,
  channelFactor: Float64Array,
): void {
  const size = channels.length;
  const outputs = values.length / count / inputs;
  /** What was rounded off, per place, channel and output; and the channels' factor times that. */
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
    // Nothing comes after the first place that would need its spread.
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

/** Adds a row of factors times a matrix that lies in `values` from `start` on, with a row of `into`'s length for each. */
function addProduct(into: Float64Array, factors: ArrayLike<number>, values: Float64Array, start: number): void {
  const width = into.length;
  let row = 0;
  // Four rows at a time: two and a half times as fast as one.
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

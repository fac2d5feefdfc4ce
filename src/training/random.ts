/**
 * Draws every random number of a run from one seed. Each use has its own stream, identified by its purpose and its
 * position in the run. A resumed run therefore draws the same numbers as an uninterrupted one: epoch and step are the
 * generator's whole state.
 */
import { createHash } from "node:crypto";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { at } from "../at.ts";

/**
 * Stored in checkpoints. Increment this whenever numbers are drawn differently: older checkpoints can then no longer be
 * continued bit by bit.
 */
export const RANDOM_STREAMS_VERSION = 1;

/**
 * Returns a generator for one purpose, e.g. `stream(2, "dropout", epoch, step)`. Equal arguments give equal numbers.
 */
export function stream(seed: number, purpose: string, ...place: number[]): JumpableRandomGenerator {
  const digest = createHash("sha256").update([RANDOM_STREAMS_VERSION, seed, purpose, ...place].join("/")).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}

/** Returns a random permutation of 0…count-1 (Fisher–Yates shuffle). */
export function permutation(count: number, random: RandomGenerator): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    // Both indices are in range, since 0 ≤ other ≤ last < count. Checking them would take as long as drawing the
    // numbers.
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

/**
 * Returns a kernel drawn as Keras's GlorotUniform: uniform within ±sqrt(6 / (fan in + fan out)). Row-major.
 *
 * @param shape any receptive field, then inputs and outputs: [inputs, outputs] for a dense layer, [height, width,
 * inputs, outputs] for a convolution
 */
export function glorotUniform(shape: readonly number[], random: RandomGenerator): Float32Array {
  const product = (extents: readonly number[]) => extents.reduce((size, extent) => size * extent, 1);
  const fans = product(shape.slice(0, -2)) * (at(shape, shape.length - 2) + at(shape, shape.length - 1));
  const limit = Math.sqrt(6 / fans);
  return Float32Array.from({ length: product(shape) }, () => (uniformFloat32(random) * 2 - 1) * limit);
}

/** The number of values that `uniformFloat32` draws from: multiples of 2⁻²⁴. */
const UNIFORM_VALUES = 2 ** 24;

/** Returns the lowest number of 24 bits with which a unit is kept. */
export function thresholdOf(rate: number): number {
  return Math.ceil(rate * UNIFORM_VALUES);
}

/** Returns the factor of units that are kept. */
export function keptValue(rate: number): number {
  return 1 / (1 - rate);
}

/**
 * Fills a mask for inverted dropout, as Keras defines it: each unit is kept with probability 1 - rate and then scaled
 * by 1 / (1 - rate).
 */
export function fillMask(mask: Float32Array, rate: number, random: RandomGenerator): void {
  const kept = keptValue(rate);
  // `uniformFloat32(random) < rate` without its product and without a branch, whose outcome no processor can guess. A
  // loop, because Float32Array.from takes three times as long.
  const threshold = thresholdOf(rate);
  for (let unit = 0; unit < mask.length; unit++) {
    const isDropped = ((random.next() & (UNIFORM_VALUES - 1)) - threshold) >>> 31;
    mask[unit] = (1 - isDropped) * kept;
  }
}

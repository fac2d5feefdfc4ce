/**
 * Every random number of a run, from one seed. Each use has a stream of its own, named by what it is for and where in
 * the run it stands, so that a run which continues in the middle draws what it would have drawn: epoch and step are the
 * generator's whole state.
 */
import { createHash } from "node:crypto";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Part of checkpoints: a change to how numbers are drawn makes old checkpoints impossible to continue bit by bit. */
export const RANDOM_STREAMS_VERSION = 1;

/** A generator for one purpose, e.g. `stream(2, "dropout", epoch, step)`. Equal arguments give equal numbers. */
export function stream(seed: number, purpose: string, ...place: number[]): RandomGenerator {
  const digest = createHash("sha256").update([RANDOM_STREAMS_VERSION, seed, purpose, ...place].join("/")).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}

/** A permutation of 0…count-1 (Fisher and Yates). */
export function permutation(count: number, random: RandomGenerator): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    // 0 ≤ other ≤ last < count: a check for each would cost as much as the drawing.
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}

/**
 * Keras's GlorotUniform for a dense kernel: uniform within ±sqrt(6 / (fan in + fan out)). Row-major, inputs × outputs.
 */
export function glorotUniform(inputs: number, outputs: number, random: RandomGenerator): Float32Array {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return Float32Array.from({ length: inputs * outputs }, () => (uniformFloat32(random) * 2 - 1) * limit);
}

/** Inverted dropout as Keras has it: each unit is kept with probability 1 - rate and then scaled by 1 / (1 - rate). */
export function dropoutMask(length: number, rate: number, random: RandomGenerator): Float32Array {
  const kept = 1 / (1 - rate);
  // A loop: Float32Array.from takes three times as long, and an epoch draws some ten thousand.
  const mask = new Float32Array(length);
  for (let unit = 0; unit < length; unit++) mask[unit] = uniformFloat32(random) < rate ? 0 : kept;
  return mask;
}

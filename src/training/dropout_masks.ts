/** Draws the masks of dropout layers. */
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";
import { at } from "../at.ts";
import type { Weights } from "../model/network_weights.ts";
import { type GeneratorState, stateAfter } from "./jump.ts";
import { DRAWN_AT_ONCE, MaskProgram, PLACES } from "./mask_program.ts";
import { fillMask, stream } from "./random.ts";
import type { DropoutLayer } from "./steps.ts";

/** The number of values from which a mask is drawn by the program. The four places of a shorter one take too long. */
const LONG = 1 << 14;

/** A batch of a run. */
export interface BatchPlace {
  /** The number of finished epochs. */
  readonly epoch: number;
  /** The number of the batch in its epoch, from 0. */
  readonly step: number;
  readonly rows: number;
}

/** Draws the masks of one run. All of them share one memory, because a step's masks may have millions of values. */
export class DropoutMasks {
  #program: MaskProgram | null = null;

  constructor(private readonly layers: readonly DropoutLayer[], private readonly seed: number) {}

  /**
   * Returns masks for inverted dropout, as Keras defines it, for each of the batches and by the layer's name. They are
   * valid until the next call.
   */
  draw(batches: readonly BatchPlace[]): Weights<Float32Array>[] {
    const { layers, seed } = this;
    if (layers.length === 0) return batches.map(() => ({}));
    const program = this.#program ??= new MaskProgram();
    const masks = program.arrays(batches.flatMap(({ rows }) => layers.map(({ units }) => rows * units)));
    return batches.map(({ epoch, step }, batch) =>
      Object.fromEntries(layers.map(({ name, rate }, layer) => {
        const mask = at(masks, batch * layers.length + layer);
        // The purpose of a stream is the layer's name, which for the lesson's head is "dropout".
        drawMask(program, mask, rate, stream(seed, name, epoch, step));
        return [name, mask];
      }))
    );
  }
}

/**
 * Fills an array of the program with a mask, see `fillMask`. A long one is drawn from four places of the stream at
 * once, with the same values.
 */
export function drawMask(
  program: MaskProgram,
  mask: Float32Array,
  rate: number,
  random: JumpableRandomGenerator,
): void {
  if (mask.length < LONG) return fillMask(mask, rate, random);
  const rounds = Math.floor(mask.length / (PLACES * DRAWN_AT_ONCE));
  const states: GeneratorState[] = [random.getState()];
  while (states.length < PLACES) states.push(stateAfter(at(states, states.length - 1), rounds * DRAWN_AT_ONCE));
  const left = program.fill(mask, rate, states, rounds);
  fillMask(mask.subarray(rounds * PLACES * DRAWN_AT_ONCE), rate, xoroshiro128plusFromState(left));
}

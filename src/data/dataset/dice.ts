/** Random numbers seeded by a name, for the images of the demo set and for splitting classes. */
import { createHash } from "node:crypto";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { at } from "../../at.ts";

/** A random number generator. Equal names give equal sequences on every machine. */
export class Dice {
  private readonly random: RandomGenerator;

  constructor(...name: (string | number)[]) {
    const digest = createHash("sha256").update(name.join("/")).digest();
    this.random = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
  }

  /** Returns a float in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * uniformFloat32(this.random);
  }

  /** Returns a whole number in low…high, both included. */
  whole(low: number, high: number): number {
    return uniformInt(this.random, low, high);
  }

  chance(probability: number): boolean {
    return uniformFloat32(this.random) < probability;
  }

  pick<const T>(choices: readonly [T, ...T[]]): T {
    return at(choices, this.whole(0, choices.length - 1));
  }

  /** Returns 32 random bits as a signed integer. */
  bits(): number {
    return this.random.next();
  }

  /** Returns 0…count-1 in a random order (Fisher–Yates shuffle). */
  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = this.whole(0, last);
      const kept = at(order, last);
      order[last] = at(order, other);
      order[other] = kept;
    }
    return order;
  }
}

/** The order in which an epoch trains on the images. */
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { BLOCK_IMAGES, DEFAULT_TOGETHER, isInBlocks, type ShuffleTogether } from "../shuffling.ts";
import { permutation } from "./random.ts";

/**
 * Returns the order of an epoch, in which every image occurs once.
 * @param together how many images are shuffled with each other
 */
export function epochOrder(count: number, together: ShuffleTogether, random: RandomGenerator): Int32Array {
  return isInBlocks(together, count) ? blockwisePermutation(count, together, random) : permutation(count, random);
}

/**
 * Returns an order for features that do not fit into memory. Blocks of consecutive images come in a random order, and
 * the images of several blocks are shuffled together. So features are read from the disk block by block, and only those
 * of `together` images are needed at a time. Every image occurs once.
 *
 * @param together how many images are shuffled with each other, at least one block
 */
export function blockwisePermutation(count: number, together: number, random: RandomGenerator): Int32Array {
  const blocks = permutation(Math.ceil(count / BLOCK_IMAGES), random);
  const blocksTogether = Math.max(1, Math.floor(together / BLOCK_IMAGES));
  const order = new Int32Array(count);
  let to = 0;
  for (let first = 0; first < blocks.length; first += blocksTogether) {
    const images = [...blocks.subarray(first, first + blocksTogether)].flatMap((block) => {
      const from = block * BLOCK_IMAGES;
      return Array.from({ length: Math.min(BLOCK_IMAGES, count - from) }, (_, offset) => from + offset);
    });
    for (const place of permutation(images.length, random)) order[to++] = images[place] as number;
  }
  return order;
}

/** The features of as many images as are shuffled together take at most this share of the free memory. */
const SHARE = 1 / 2;
/** The least number, with which a batch has images of many blocks even if the memory is full at the moment. */
const LEAST_TOGETHER = 4096;

/**
 * Returns how many images are shuffled with each other, if nobody named a number: all of them, as in Keras, if their
 * features fit into memory. Otherwise a power of two, so that it hardly ever depends on what else is in the memory at
 * the moment.
 *
 * @param rowBytes the size of an image's features
 * @param freeBytes the memory that the process may still take
 */
export function fittingTogether({ count, rowBytes, freeBytes }: {
  readonly count: number;
  readonly rowBytes: number;
  readonly freeBytes: number;
}): ShuffleTogether {
  const fitting = Math.floor(freeBytes * SHARE / rowBytes);
  if (fitting >= count) return DEFAULT_TOGETHER;
  return Math.max(LEAST_TOGETHER, 2 ** Math.floor(Math.log2(Math.max(1, fitting))));
}

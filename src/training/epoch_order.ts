/** The order in which an epoch trains on the images. */
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { permutation } from "./random.ts";

/**
 * The number of consecutive images that stay together: 128 KB of features at a width of 1024, as much as a disk reads well.
 * Consecutive images are mostly of one class, so large blocks would leave few classes among the images shuffled together.
 */
export const BLOCK_IMAGES = 32;

/**
 * Returns an order for features that do not fit into memory. Blocks of consecutive images come in a random order, and the
 * images of several blocks are shuffled together. So features are read from the disk block by block, and only those of
 * `together` images are needed at a time. Every image occurs once.
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
 * Returns how many images are shuffled with each other; null for all of them, as in Keras, because their features fit into
 * memory. A power of two, so that it hardly ever depends on what else is in the memory at the moment.
 *
 * @param rowBytes the size of an image's features
 * @param freeBytes the memory that the process may still take
 */
export function shuffledTogether({ count, rowBytes, freeBytes }: {
  readonly count: number;
  readonly rowBytes: number;
  readonly freeBytes: number;
}): number | null {
  const fitting = Math.floor(freeBytes * SHARE / rowBytes);
  return fitting >= count ? null : Math.max(LEAST_TOGETHER, 2 ** Math.floor(Math.log2(Math.max(1, fitting))));
}

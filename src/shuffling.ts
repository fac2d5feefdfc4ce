/** How many images of an epoch are shuffled with each other. */
import { z } from "zod";

/**
 * The number of consecutive images that stay together if not all images are shuffled with each other: 128 KB of
 * features at a width of 1024, as much as a disk reads well. Consecutive images are mostly of one class, so large
 * blocks would leave few classes among the images shuffled together.
 */
export const BLOCK_IMAGES = 32;

/** How many images are shuffled with each other: whole blocks, or all images, as in Keras. */
export const shuffleTogetherSchema = z.union(
  [z.literal("all"), z.int().min(BLOCK_IMAGES).multipleOf(BLOCK_IMAGES, `must be a multiple of ${BLOCK_IMAGES}`)],
  { error: `must be all, or a multiple of ${BLOCK_IMAGES}` },
);
export type ShuffleTogether = z.infer<typeof shuffleTogetherSchema>;

/** What holds for a run that names no number and did not have to choose one. */
export const DEFAULT_TOGETHER: ShuffleTogether = "all";

/** Returns whether an epoch takes its images in blocks, because it has more than are shuffled together. */
export function isInBlocks(together: ShuffleTogether, count: number): together is Exclude<ShuffleTogether, "all"> {
  return together !== "all" && together < count;
}

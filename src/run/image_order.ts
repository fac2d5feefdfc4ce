/** Chooses how many images a run shuffles with each other, and says if that is not Keras's order. */
import prettyBytes from "pretty-bytes";
import type { RunOptions } from "../config.ts";
import { count } from "../counted.ts";
import { areMany, stayInStore } from "../features/assembly.ts";
import type { FoundImages } from "../features/found_images.ts";
import { BLOCK_IMAGES, DEFAULT_TOGETHER, isInBlocks, type ShuffleTogether } from "../shuffling.ts";
import { fittingTogether } from "../training/epoch_order.ts";
import type { RunServices, Work } from "./work.ts";

/**
 * Returns how many images are shuffled with each other, if that depends on where the run trains: the number that was
 * named, or one for the memory of this machine. It is kept in the run's options, so that the run goes on and is
 * repeated in the same order on any machine. Undefined for all images, wherever it trains.
 */
export function chosenTogether(
  { config, prepared: { dataset: { train }, network } }: Pick<Work, "config" | "prepared">,
  images: FoundImages,
  { restored, memory: { mappedFromBytes, freeBytes }, journal }: Pick<RunServices, "restored" | "memory" | "journal">,
): ShuffleTogether | undefined {
  const { options: { shuffle_together: named }, features } = config.value;
  // A run that has trained without a number goes on as it began.
  const hasTrained = features !== undefined || Boolean(restored?.checkpoint);
  if (named !== undefined || hasTrained) return named;
  const width = network?.featureWidth ?? 0;
  if (!areMany(images, width, mappedFromBytes)) return undefined;
  if (!stayInStore(images, width, mappedFromBytes)) return DEFAULT_TOGETHER;
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  const free = freeBytes();
  const together = fittingTogether({ count: train.count, rowBytes, freeBytes: free });
  if (isInBlocks(together, train.count)) {
    const size = prettyBytes(train.count * rowBytes);
    const text = `The training features (${size}) need more than half of the free memory (${prettyBytes(free)}), ` +
      `so ${count(together)} images are shuffled together.`;
    journal.say({ type: "log", level: "info", text });
  }
  return together;
}

/**
 * Returns the notice that the order of the images is not Keras's, or null if it is.
 * @param images how many images the run trains on
 */
export function inBlocksNotice(
  { shuffle_together: together = DEFAULT_TOGETHER }: Pick<RunOptions, "shuffle_together">,
  images: number,
): string | null {
  if (!isInBlocks(together, images)) return null;
  const [block, shuffled] = [BLOCK_IMAGES, together].map(count);
  return `Each epoch takes blocks of ${block} images in random order and shuffles ${shuffled} images at a time, where ` +
    "Keras shuffles all. For Keras's order start a new run with --shuffle-together all, which is slow if the training " +
    "set does not fit into memory";
}

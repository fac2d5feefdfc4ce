/** A shard: the share of a data set's images that one of many processes computes. */
import type { ImageRange } from "../data/dataset/dataset.ts";

/** One of several shards. */
export interface Shard {
  /** Which of the shards it is, from 1 to `of`. */
  readonly number: number;
  /** The number of shards. */
  readonly of: number;
}

/** The shard with all images. */
export const WHOLE: Shard = { number: 1, of: 1 };

/** Reads a shard as it is written: `3/32` is the third of 32. Returns null if it is not one. */
export function parseShard(text: string): Shard | null {
  const [, number, of] = /^\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  return Number.isSafeInteger(shard.of) && shard.number >= 1 && shard.number <= shard.of ? shard : null;
}

/** Returns the name of a shard as a part of file names. */
export function shardName({ number, of }: Shard): string {
  return `${number}of${of}`;
}

/**
 * Returns the shard's images. All shards together have each image once, and their sizes differ by at most one. A
 * shard's images are consecutive, because neighbours on a disk are read faster.
 *
 * @param total the number of images, at most 2^53 / `of`
 */
export function rangeOf({ number, of }: Shard, total: number): ImageRange {
  return { from: Math.floor((number - 1) * total / of), to: Math.floor(number * total / of) };
}

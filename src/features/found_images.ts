/** Finds out, before any image is decoded, the digests of a data set's images and which of their rows are cached. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset, ImageRange } from "../data/dataset/dataset.ts";
import { FileIndex, removeIndex } from "../data/dataset/file_index.ts";
import type { Part } from "./rows/feature_set.ts";
import type { ExtractionSpec } from "./job.ts";
import { ImageList, type PartDigests } from "./image_list.ts";
import { type Reach, reachOf } from "./rows/reach.ts";
import { recipeHash } from "./rows/recipe.ts";
import { RowFinder } from "./rows/row_finder.ts";
import { RowStore } from "./rows/row_store.ts";

export interface FoundImages {
  readonly list: ImageList;
  readonly rows: RowFinder;
  /** Which images these are, if other processes compute the rest. */
  readonly reach?: Reach | undefined;
}

export interface FindOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of images whose digest is known. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

export interface FindRequest {
  readonly spec: ExtractionSpec;
  readonly dataset: Dataset;
  readonly cacheRoot: string;
  readonly parts?: readonly Part[];
  /** The share of this process. Default: all images. */
  readonly share?: ImageShare | undefined;
}

/** The images of one of the processes that share a data set. */
export interface ImageShare {
  /** The images, counted over all parts: the training images come first. */
  readonly range: ImageRange;
  /** The share's name among the processes, which is part of a file name. */
  readonly name: string;
}

const PARTS: readonly Part[] = ["train", "validation"];

/**
 * Computes the digest of each image and looks up which rows are cached. Does not read files that are unchanged since
 * the last time, and decodes nothing. Returns null if aborted.
 */
export async function findImages(
  { spec, dataset, cacheRoot, parts = PARTS, share }: FindRequest,
  { signal, onProgress }: FindOptions = {},
): Promise<FoundImages | null> {
  const files = fileIndex(spec.data, cacheRoot, share?.name);
  const digests: PartDigests[] = [];
  let first = 0;
  let known = 0;
  try {
    for (const part of PARTS.filter((part) => parts.includes(part))) {
      const { count } = dataset[part];
      const range = share && within(share.range, first, count);
      const told = (done: number) => onProgress?.(known + done);
      const found = await dataset[part].digests({ range, files, signal, onProgress: told });
      digests.push({ part, from: range?.from ?? 0, digests: found });
      first += count;
      known += found.length;
      // If every file is in the index, nothing else checks the signal.
      signal?.throwIfAborted();
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    // Saves the digests computed so far, so that these files need not be read again.
    files?.save(false);
    return null;
  }
  files?.save(share === undefined && PARTS.every((part) => parts.includes(part)));
  const list = new ImageList(digests);
  const rows = new RowFinder(new RowStore(cacheRoot, recipeHash(spec)), list.digests);
  rows.refresh();
  return share ? { list, rows, reach: reachOf(spec.data, share.range) } : { list, rows };
}

/** Returns the part of a range that is in `count` images from `first` on, counted from there. */
function within({ from, to }: ImageRange, first: number, count: number): ImageRange {
  const place = (index: number) => Math.min(count, Math.max(0, index - first));
  return { from: place(from), to: place(to) };
}

/**
 * Removes the index of a data set's files. Called when a file turned out to have changed although its size and times
 * have not.
 */
export function forgetFiles({ data }: ExtractionSpec, cacheRoot: string): void {
  if ("folder" in data) removeIndex(indexPath(data.folder, cacheRoot));
}

/**
 * Returns the index of the files in a data set's folder, as earlier runs left it.
 * @param share the name of this process's share of the images; without it, the index is used for all
 */
export function fileIndex(data: ExtractionSpec["data"], cacheRoot: string, share?: string): FileIndex | undefined {
  return "folder" in data ? new FileIndex(indexPath(data.folder, cacheRoot), data.folder, { share }) : undefined;
}

/** Returns the path of the index, `<cache>/files/<hash of the folder>.json`. */
function indexPath(folder: string, cacheRoot: string): string {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return join(cacheRoot, "files", `${name}.json`);
}

/** Finds out, before any image is decoded, the digests of a data set's images and which of their rows are cached. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Dataset } from "../data/dataset/dataset.ts";
import { FileIndex } from "../data/dataset/file_index.ts";
import { removeIfThere } from "../files/atomic.ts";
import type { Part } from "./rows/feature_set.ts";
import type { ExtractionSpec } from "./job.ts";
import { ImageList, type PartDigests } from "./image_list.ts";
import { recipeHash } from "./rows/recipe.ts";
import { RowFinder } from "./rows/row_finder.ts";
import { RowStore } from "./rows/row_store.ts";

export interface FoundImages {
  readonly list: ImageList;
  readonly rows: RowFinder;
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
}

const PARTS: readonly Part[] = ["train", "validation"];

/**
 * Computes the digest of every image and looks up which rows are cached. Does not read files that are unchanged since
 * the last time, and decodes nothing. Returns null if aborted.
 */
export async function findImages(
  { spec, dataset, cacheRoot, parts = PARTS }: FindRequest,
  { signal, onProgress }: FindOptions = {},
): Promise<FoundImages | null> {
  const files = fileIndex(spec.data, cacheRoot);
  const digests: PartDigests[] = [];
  let before = 0;
  try {
    for (const part of PARTS.filter((part) => parts.includes(part))) {
      const told = (done: number) => onProgress?.(before + done);
      digests.push({ part, digests: await dataset[part].digests({ files, signal, onProgress: told }) });
      before += dataset[part].count;
      // If every file is in the index, nothing else checks the signal.
      signal?.throwIfAborted();
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    // Saves the digests computed so far, so that these files need not be read again.
    files?.save(false);
    return null;
  }
  files?.save(PARTS.every((part) => parts.includes(part)));
  const list = new ImageList(digests);
  const rows = new RowFinder(new RowStore(cacheRoot, recipeHash(spec)), list.digests);
  rows.refresh();
  return { list, rows };
}

/**
 * Removes the index of a data set's files. Called when a file turned out to have changed although its size and times
 * have not.
 */
export function forgetFiles({ data }: ExtractionSpec, cacheRoot: string): void {
  if ("folder" in data) removeIfThere(indexPath(data.folder, cacheRoot));
}

/** Returns the index of the files in a data set's folder, as earlier runs left it. */
export function fileIndex(data: ExtractionSpec["data"], cacheRoot: string): FileIndex | undefined {
  return "folder" in data ? new FileIndex(indexPath(data.folder, cacheRoot), data.folder) : undefined;
}

/** Returns the path of the index, `<cache>/files/<hash of the folder>.json`. */
function indexPath(folder: string, cacheRoot: string): string {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return join(cacheRoot, "files", `${name}.json`);
}

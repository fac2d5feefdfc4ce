/** What is known of a data set's images before any is decoded: their digests, and which rows the cache has. */
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
  /** Is told how many images have their digest. */
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
 * Takes the digest of every image and looks which rows there are. Files that are unchanged since the last time are not
 * read; nothing is decoded. Returns null where it was aborted.
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
      // Where the index knows every file nothing else looks at the signal.
      signal?.throwIfAborted();
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    // The files that were read need not be read again.
    files?.save(false);
    return null;
  }
  files?.save(PARTS.every((part) => parts.includes(part)));
  const list = new ImageList(digests);
  const rows = new RowFinder(new RowStore(cacheRoot, recipeHash(spec)), list.digests);
  rows.refresh();
  return { list, rows };
}

/** Forgets what is known of a data set's files: one has turned out to be another than its size and times say. */
export function forgetFiles({ data }: ExtractionSpec, cacheRoot: string): void {
  if ("folder" in data) removeIfThere(indexPath(data.folder, cacheRoot));
}

/** What earlier runs know of the files of a data set's folder. */
export function fileIndex(data: ExtractionSpec["data"], cacheRoot: string): FileIndex | undefined {
  return "folder" in data ? new FileIndex(indexPath(data.folder, cacheRoot), data.folder) : undefined;
}

/** `<cache>/files/<hash of the folder>.json`. */
function indexPath(folder: string, cacheRoot: string): string {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return join(cacheRoot, "files", `${name}.json`);
}

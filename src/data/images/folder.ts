/** Data sets of image files in folders that are named after their classes. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { resizeSchema } from "../../config.ts";
import { stripControl } from "../../text.ts";
import { Turns } from "../../turns.ts";
import { at } from "../../at.ts";
import type { Dataset, DigestOptions, ImageSet, ReadImages, SharedImage } from "../dataset/dataset.ts";
import { decoderVersion } from "./decoder_version.ts";
import { contentIn, type FileHash, FileHasher, formatIn, hashOf } from "./hash.ts";
import { leftOutLines } from "./left_out.ts";
import type { LoadRequest } from "./load.ts";
import type { FolderListing } from "./folder_listing.ts";
import { listImages } from "./listing.ts";
import { ImageLoader } from "./loader.ts";
import { type PartFiles, partsOf } from "./split.ts";

/** Plain data, because the trainer sends it to the extractor and config.json stores it. */
export const imageSourceSchema = z.object({
  kind: z.literal("pictures"),
  /** Absolute. */
  folder: z.string(),
  name: z.string(),
  /**
   * The share of each class that is used for validation if the folder has no validation part. `share` and `seed` decide
   * which images these are.
   */
  share: z.number(),
  seed: z.int(),
  resize: resizeSchema.default("bilinear"),
});
export type ImageSource = z.infer<typeof imageSourceSchema>;

/**
 * Opens a folder with `train/<class>/…` and `val/` or `test/` beside it, or with `<class>/…` alone. Reads only names
 * here. Files are decoded on request, and resized and padded to size × size.
 *
 * @param listing the folder's contents, if it was listed before
 * @throws HeadlightError (2) if there are fewer than two classes, or a class has no images
 */
export function openImages(
  { folder, name, share, seed, resize }: ImageSource,
  size: number,
  listing: FolderListing = listImages(folder),
): Dataset {
  const { classes, train, validation } = partsOf(folder, listing, { share, seed });
  const leftOut = leftOutLines(listing.others);
  const loader = new ImageLoader();
  const parts = {
    train: new FilePart(folder, train, { size, resize }, loader),
    validation: new FilePart(folder, validation, { size, resize }, loader),
  };
  return {
    name: stripControl(name),
    height: null,
    width: null,
    classes: classes.map(stripControl),
    ...parts,
    notices: [...listing.notices, ...leftOut.notices.map(stripControl)],
    remarks: [...listing.remarks, ...leftOut.remarks.map(stripControl)],
    inBothParts: () => equalFiles(parts.train, parts.validation),
    close: () => loader.close(),
  };
}

/** Image files of a folder that another process has listed. */
export interface ImageFiles {
  /** Reads files, given by paths relative to the folder. For a broken file, `index` is its place in `files`. */
  load(files: readonly string[]): Promise<ReadImages>;
  /** Returns how many batches of this many images should be requested ahead. */
  batchesAhead(batchSize: number): number;
  close(): void;
}

/** Returns a reader for the image files of a folder, without listing the folder. */
export function openImageFiles({ folder, resize }: ImageSource, size: number): ImageFiles {
  const loader = new ImageLoader();
  return {
    load: (files) => loadFiles(loader, folder, files, { size, resize }),
    batchesAhead: (batchSize) => loader.batchesAhead(batchSize, size),
    close: () => loader.close(),
  };
}

async function loadFiles(
  loader: ImageLoader,
  folder: string,
  files: readonly string[],
  how: Omit<LoadRequest, "paths">,
): Promise<ReadImages & { readonly hashes: readonly string[] }> {
  const { pixels, hashes, broken } = await loader.load({ paths: files.map((file) => join(folder, file)), ...how });
  return {
    count: files.length,
    height: how.size,
    width: how.size,
    pixels,
    hashes,
    digests: hashes.map((hash) => digestOf(hash, how)),
    broken: broken.map(({ index, reason }) => ({ index, path: at(files, index), reason })),
  };
}

/** The hash of a file that cannot be read; the decoder then reports it as broken. */
const HASH_OF_NOTHING = hashOf(new Uint8Array());

/** The number of files that are hashed before signals and sockets are processed. */
const BETWEEN_TURNS = 32;
/**
 * The number of files that are read at once, so that a disk or server answers several requests at a time. With eight
 * instead of one, two cores hash 4,500 instead of 1,800 small files a second.
 */
const HASHED_AT_ONCE = 8;

class FilePart implements ImageSet {
  readonly count: number;
  readonly labels: Int32Array;
  /** The hashes, by index, of the files that were read or hashed. */
  readonly hashes: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly files: PartFiles,
    private readonly how: Omit<LoadRequest, "paths">,
    private readonly loader: ImageLoader,
  ) {
    this.count = files.paths.length;
    this.labels = files.labels;
  }

  async read(from: number, to: number): Promise<ReadImages> {
    if (from < 0 || to > this.count || from > to) throw new RangeError(`no images ${from}…${to} of ${this.count}`);
    return await this.pick(Array.from({ length: to - from }, (_, offset) => from + offset));
  }

  async pick(indices: readonly number[]): Promise<ReadImages> {
    const files = indices.map((index) => this.fileOf(index));
    const { hashes, broken, ...images } = await loadFiles(this.loader, this.folder, files, this.how);
    hashes.forEach((hash, place) => this.hashes[at(indices, place)] = hash);
    return { ...images, broken: broken.map((one) => ({ ...one, index: at(indices, one.index) })) };
  }

  async digests({ range, files, onProgress, signal }: DigestOptions = {}): Promise<string[]> {
    const { from, to } = range ?? { from: 0, to: this.count };
    const digests = new Array<string>(to - from).fill("");
    const turns = new Turns();
    let [next, done] = [from, 0];
    const hashSome = async () => {
      const hasher = new FileHasher();
      while (next < to) {
        const index = next++;
        const path = this.fileOf(index);
        signal?.throwIfAborted();
        const read = () => hasher.hash(join(this.folder, path));
        const hash = (files ? await files.digestOf(path, read) : await read()) ?? HASH_OF_NOTHING;
        this.hashes[index] = hash;
        digests[index - from] = digestOf(hash, this.how);
        onProgress?.(++done);
        if (index % BETWEEN_TURNS === 0) await turns.next();
      }
    };
    await Promise.all(Array.from({ length: HASHED_AT_ONCE }, hashSome));
    return digests;
  }

  fileOf(index: number): string {
    return at(this.files.paths, index);
  }

  contentOf(index: number): string {
    return contentIn(at(this.hashes, index));
  }
}

/** Returns an image's digest. It does not depend on the file's name or folder. */
function digestOf(file: FileHash, { resize }: Omit<LoadRequest, "paths">): string {
  const decoder = decoderVersion(formatIn(file));
  return createHash("sha256").update(JSON.stringify({ decoder, resize, file })).digest("hex");
}

function equalFiles(train: FilePart, validation: FilePart): SharedImage[] {
  const places = new Map(train.hashes.map((hash, index) => [hash, index]));
  return validation.hashes.flatMap((hash, index) => {
    const twin = hash === HASH_OF_NOTHING ? undefined : places.get(hash);
    return twin === undefined ? [] : [{ train: train.fileOf(twin), validation: validation.fileOf(index) }];
  });
}

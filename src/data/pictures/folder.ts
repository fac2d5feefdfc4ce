/** A data set of picture files in folders named after their classes. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { at } from "../../at.ts";
import { resizeSchema } from "../../config.ts";
import { stripControl } from "../../text.ts";
import type { Dataset, ImageSet, SharedImage } from "../dataset.ts";
import { DECODER_VERSION } from "./decoder_version.ts";
import { hashFiles, hashOf } from "./hash.ts";
import type { LoadRequest } from "./load.ts";
import { type FolderListing, listPictures } from "./listing.ts";
import { PictureLoader } from "./loader.ts";
import { type PartFiles, partsOf } from "./split.ts";

/** Plain data: the trainer hands it to the extractor, and config.json keeps it. */
export const pictureSourceSchema = z.object({
  kind: z.literal("pictures"),
  /** Absolute. */
  folder: z.string(),
  name: z.string(),
  /** Of each class, kept for validation where the folder has no part for it; and what the lots are drawn from. */
  share: z.number(),
  seed: z.int(),
  resize: resizeSchema.default("bilinear"),
});
export type PictureSource = z.infer<typeof pictureSourceSchema>;

/**
 * Opens a folder: `train/<class>/…` with `val/` or `test/` beside it, or `<class>/…` alone. Only names are read here;
 * files are decoded when they are asked for, resized and padded to size × size.
 *
 * @param listing what is in the folder, where it was listed before
 * @throws HeadlightError (2): fewer than two classes, a class without pictures.
 */
export function openPictures(
  { folder, name, share, seed, resize }: PictureSource,
  size: number,
  listing: FolderListing = listPictures(folder),
): Dataset {
  const { classes, train, validation } = partsOf(folder, listing, { share, seed });
  const loader = new PictureLoader();
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
    others: listing.others,
    inBothParts: () => equalFiles(parts.train, parts.validation),
    close: () => loader.close(),
  };
}

class FilePart implements ImageSet {
  readonly count: number;
  readonly labels: Int32Array;
  /** SHA-256 of the files that were looked at, by index. */
  readonly hashes: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly files: PartFiles,
    private readonly how: Omit<LoadRequest, "paths">,
    private readonly loader: PictureLoader,
  ) {
    this.count = files.paths.length;
    this.labels = files.labels;
  }

  async read(from: number, to: number) {
    const paths = this.#paths(from, to);
    const { pixels, hashes, broken } = await this.loader.load({ paths, ...this.how });
    this.#note(from, hashes);
    return {
      count: to - from,
      height: this.how.size,
      width: this.how.size,
      pixels,
      digest: digestOf(hashes, this.how),
      broken: broken.map(({ index, reason }) => ({ index: from + index, path: this.fileOf(from + index), reason })),
    };
  }

  async digest(from: number, to: number): Promise<string> {
    const hashes = await hashFiles(this.#paths(from, to));
    this.#note(from, hashes);
    return digestOf(hashes, this.how);
  }

  fileOf(index: number): string {
    return at(this.files.paths, index);
  }

  #paths(from: number, to: number): string[] {
    if (from < 0 || to > this.count || from > to) throw new RangeError(`no pictures ${from}…${to} of ${this.count}`);
    return this.files.paths.slice(from, to).map((path) => join(this.folder, path));
  }

  #note(from: number, hashes: readonly string[]): void {
    hashes.forEach((hash, offset) => this.hashes[from + offset] = hash);
  }
}

/** Names do not count: the same files in the same order have the same digest wherever they lie. */
function digestOf(hashes: readonly string[], { resize }: Omit<LoadRequest, "paths">): string {
  return createHash("sha256").update(JSON.stringify({ decoder: DECODER_VERSION, resize, files: hashes })).digest("hex");
}

function equalFiles(train: FilePart, validation: FilePart): SharedImage[] {
  const nothing = hashOf(new Uint8Array());
  const places = new Map(train.hashes.map((hash, index) => [hash, index]));
  return validation.hashes.flatMap((hash, index) => {
    const twin = hash === nothing ? undefined : places.get(hash);
    return twin === undefined ? [] : [{ train: train.fileOf(twin), validation: validation.fileOf(index) }];
  });
}

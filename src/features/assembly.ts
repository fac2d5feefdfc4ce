/**
 * Assembles feature rows, in the order in which they arrive, into the two sets for training. Leaves out broken images.
 * The rows are copied to memory, or stay in the store if they are many.
 */
import { at } from "../at.ts";
import type { BrokenImage, ImageSet } from "../data/dataset/dataset.ts";
import { UnusableDataError } from "../errors.ts";
import type { FoundImages } from "./found_images.ts";
import { type FeatureBatch, type ImagesOf, type Part, rowsInMemory, type RowSource } from "./rows/feature_set.ts";
import { MAPPED_FROM_BYTES, MappedRows, mayBeMapped } from "./rows/mapped_rows.ts";
import { distinct, type Provenance } from "./rows/provenance.ts";

interface Rows {
  readonly labels: Int32Array;
  readonly count: number;
  /** Null until the first rows arrive, and if they are not copied. */
  features: Float32Array | null;
  width: number;
  /** The number of images whose features have arrived. */
  done: number;
  readonly broken: BrokenImage[];
}

export class FeatureAssembly {
  readonly #parts: Record<Part, Rows>;
  #madeOn: readonly Provenance[] = [];
  /** Whether rows are mapped; null until the first ones arrive. */
  #isMapped: boolean | null = null;
  #mapped: MappedRows | null = null;

  /**
   * @param stored the images of the parts, whose rows are in the store. Without it, rows are copied to memory as they
   * arrive
   * @param mappedFromBytes the size from which rows are not copied but mapped from the store, where they can be
   */
  constructor(
    dataset: Readonly<Record<Part, Pick<ImageSet, "labels" | "count">>>,
    private readonly stored?: FoundImages | undefined,
    private readonly mappedFromBytes: number = MAPPED_FROM_BYTES,
  ) {
    this.#parts = { train: empty(dataset.train), validation: empty(dataset.validation) };
  }

  /** The processors and thread counts that computed the rows added so far. */
  get madeOn(): readonly Provenance[] {
    return this.#madeOn;
  }

  /** Adds a batch. Each image must be added exactly once. */
  add({ part, indices, features, width, broken, madeOn }: Omit<FeatureBatch, "cached">): void {
    const rows = this.#parts[part];
    this.#isMapped ??= this.stored !== undefined && stayInStore(this.stored, width, this.mappedFromBytes);
    if (!this.#isMapped) rows.features ??= new Float32Array(rows.count * width);
    if (rows.width === 0) rows.width = width;
    if (rows.width !== width) throw new Error(`features of ${part} are ${rows.width} wide, then ${width}`);
    for (const [row, index] of indices.entries()) {
      if (index >= rows.count) throw new RangeError(`${part} has no image ${index}`);
      rows.features?.set(features.subarray(row * width, (row + 1) * width), index * width);
    }
    rows.done += indices.length;
    rows.broken.push(...broken);
    this.#madeOn = distinct([...this.#madeOn, ...madeOn]);
  }

  /**
   * Returns both parts, without the broken images.
   * @throws Error if features are missing; HeadlightError (1) if they are no longer in the store, from which they are
   * mapped
   */
  async finish(): Promise<{ train: ImagesOf; validation: ImagesOf }> {
    return { train: await this.finishPart("train"), validation: await this.finishPart("validation") };
  }

  /** Returns one part, as `finish` does. */
  async finishPart(part: Part): Promise<ImagesOf> {
    const { labels, count, width, features, done, broken } = this.#parts[part];
    if (done !== count) throw new Error(`${part} has features of ${done} of its ${count} images`);
    const left = new Set(broken.map(({ index }) => index));
    const images = Int32Array.from({ length: count }, (_, index) => index).filter((index) => !left.has(index));
    return {
      rows: features ? compacted(features, width, images) : await this.#mappedRows(part, images),
      labels: images.map((image) => at(labels, image)),
      images,
    };
  }

  async #mappedRows(part: Part, images: Int32Array): Promise<RowSource> {
    if (!this.stored || !this.#isMapped) throw new Error(`no features of ${part} have arrived`);
    this.#mapped ??= await MappedRows.open(this.stored.rows);
    const positions = this.stored.list.positions(part);
    return this.#mapped.at(images.map((image) => at(positions, image)));
  }

  /**
   * Checks that every class still has images in both parts.
   *
   * @throws UnusableDataError if all images of a class are broken
   */
  requireClasses(): void {
    for (const part of ["train", "validation"] as const) requireClassesOf(part, this.#parts[part]);
  }
}

/** Returns whether the rows of images are mapped from the store instead of being copied to memory. */
export function stayInStore(images: FoundImages, width: number, mappedFromBytes: number): boolean {
  return areMany(images, width, mappedFromBytes) && mayBeMapped(images.rows.folder);
}

/** Returns whether the rows of images are mapped from the store where that can be done. */
export function areMany({ list }: Pick<FoundImages, "list">, width: number, mappedFromBytes: number): boolean {
  return list.total * width * Float32Array.BYTES_PER_ELEMENT >= mappedFromBytes;
}

/** @throws UnusableDataError where broken images have left a class of a part without any. */
export function requireClassesOf(
  part: Part,
  { broken, labels }: { readonly broken: readonly BrokenImage[]; readonly labels: Int32Array },
): void {
  const lostOnes = new Set(broken.map(({ index }) => index));
  const left = new Set(labels.filter((_, index) => !lostOnes.has(index)));
  const lost = broken.find(({ index }) => !left.has(at(labels, index)));
  if (!lost) return;
  const role = part === "train" ? "training" : part;
  throw new UnusableDataError(
    `no ${role} image of the class of ${lost.path} can be decoded (${lost.reason}). ` +
      "Repair or add images, or remove the class",
  );
}

function empty({ labels, count }: { labels: Int32Array; count: number }): Rows {
  return { labels, count, features: null, width: 0, done: 0, broken: [] };
}

/** Moves the rows of these images together, in place. This is safe, because rows only move towards the start. */
function compacted(features: Float32Array, width: number, images: Int32Array): RowSource {
  images.forEach((image, row) => features.copyWithin(row * width, image * width, (image + 1) * width));
  return rowsInMemory(features.subarray(0, images.length * width), width);
}

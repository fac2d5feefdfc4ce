/**
 * Assembles feature rows, in the order in which they arrive, into the two sets for training. Leaves out broken images.
 */
import { at } from "../at.ts";
import type { BrokenImage, ImageSet } from "../data/dataset/dataset.ts";
import { UnusableDataError } from "../errors.ts";
import type { FeatureBatch, ImagesOf, Part } from "./rows/feature_set.ts";
import { distinct, type Provenance } from "./rows/provenance.ts";

interface Rows {
  readonly labels: Int32Array;
  readonly count: number;
  features: Float32Array | null;
  width: number;
  /** The number of images whose features have arrived. */
  done: number;
  readonly broken: BrokenImage[];
}

export class FeatureAssembly {
  readonly #parts: Record<Part, Rows>;
  #madeOn: readonly Provenance[] = [];

  constructor(dataset: Readonly<Record<Part, Pick<ImageSet, "labels" | "count">>>) {
    this.#parts = { train: empty(dataset.train), validation: empty(dataset.validation) };
  }

  /** The processors and thread counts that computed the rows added so far. */
  get madeOn(): readonly Provenance[] {
    return this.#madeOn;
  }

  /** Adds a batch and copies its features. Each image must be added exactly once. */
  add({ part, indices, features, width, broken, madeOn }: Omit<FeatureBatch, "cached">): void {
    const rows = this.#parts[part];
    rows.features ??= new Float32Array(rows.count * width);
    if (rows.width === 0) rows.width = width;
    if (rows.width !== width) throw new Error(`features of ${part} are ${rows.width} wide, then ${width}`);
    for (const [row, index] of indices.entries()) {
      if (index >= rows.count) throw new RangeError(`${part} has no image ${index}`);
      rows.features.set(features.subarray(row * width, (row + 1) * width), index * width);
    }
    rows.done += indices.length;
    rows.broken.push(...broken);
    this.#madeOn = distinct([...this.#madeOn, ...madeOn]);
  }

  /** Returns both parts, without the broken images. @throws Error if features are missing */
  finish(): { train: ImagesOf; validation: ImagesOf } {
    return { train: this.finishPart("train"), validation: this.finishPart("validation") };
  }

  /** Returns one part, without the broken images. @throws Error if features of it are missing */
  finishPart(part: Part): ImagesOf {
    return finished(part, this.#parts[part]);
  }

  /**
   * Checks that every class still has images in both parts. @throws UnusableDataError if all images of a class are
   * broken
   */
  requireClasses(): void {
    for (const part of ["train", "validation"] as const) requireClassesOf(part, this.#parts[part]);
  }
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

function finished(part: Part, { labels, count, features, width, done, broken }: Rows): ImagesOf {
  if (done !== count || !features) throw new Error(`${part} has features of ${done} of its ${count} images`);
  const left = new Set(broken.map(({ index }) => index));
  const images = Int32Array.from({ length: count }, (_, index) => index).filter((index) => !left.has(index));
  // This is safe in place, because rows only move towards the start.
  images.forEach((image, row) => features.copyWithin(row * width, image * width, (image + 1) * width));
  return {
    features: features.subarray(0, images.length * width),
    width,
    count: images.length,
    labels: images.map((image) => at(labels, image)),
    images,
  };
}

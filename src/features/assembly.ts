/** Puts feature rows, as they come, in their places of the two sets that training takes; broken images are left out. */
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
  /** Images that have their features. */
  done: number;
  readonly broken: BrokenImage[];
}

export class FeatureAssembly {
  readonly #parts: Record<Part, Rows>;
  #madeOn: readonly Provenance[] = [];

  constructor(dataset: Readonly<Record<Part, Pick<ImageSet, "labels" | "count">>>) {
    this.#parts = { train: empty(dataset.train), validation: empty(dataset.validation) };
  }

  /** What made the rows that have come. */
  get madeOn(): readonly Provenance[] {
    return this.#madeOn;
  }

  /** Takes a batch; each image is to come once. Its features are copied. */
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

  /** Both parts, as far as their images could be decoded. @throws Error when features are missing. */
  finish(): { train: ImagesOf; validation: ImagesOf } {
    return { train: this.finishPart("train"), validation: this.finishPart("validation") };
  }

  /** One part alone. @throws Error when features of it are missing. */
  finishPart(part: Part): ImagesOf {
    return finished(part, this.#parts[part]);
  }

  /** @throws UnusableDataError where broken images have left a class without any. */
  requireClasses(): void {
    for (const part of ["train", "validation"] as const) {
      const { broken, labels } = this.#parts[part];
      const lostOnes = new Set(broken.map(({ index }) => index));
      const left = new Set(labels.filter((_, index) => !lostOnes.has(index)));
      const lost = broken.find(({ index }) => !left.has(at(labels, index)));
      if (!lost) continue;
      const role = part === "train" ? "training" : part;
      throw new UnusableDataError(
        `no ${role} image of the class of ${lost.path} can be decoded (${lost.reason}). ` +
          "Repair or add images, or take the class out",
      );
    }
  }
}

function empty({ labels, count }: { labels: Int32Array; count: number }): Rows {
  return { labels, count, features: null, width: 0, done: 0, broken: [] };
}

function finished(part: Part, { labels, count, features, width, done, broken }: Rows): ImagesOf {
  if (done !== count || !features) throw new Error(`${part} has features of ${done} of its ${count} images`);
  const left = new Set(broken.map(({ index }) => index));
  const images = Int32Array.from({ length: count }, (_, index) => index).filter((index) => !left.has(index));
  // In place: what is kept only ever moves towards the start.
  images.forEach((image, row) => features.copyWithin(row * width, image * width, (image + 1) * width));
  return {
    features: features.subarray(0, images.length * width),
    width,
    count: images.length,
    labels: images.map((image) => at(labels, image)),
    images,
  };
}

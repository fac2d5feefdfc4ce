/** Puts shards, as they come, in their places of the two feature sets that training takes; broken pictures are left out. */
import type { BrokenImage, ImageSet } from "../data/dataset.ts";
import { HeadlightError } from "../errors.ts";
import type { FeatureShard, PicturesOf } from "./feature_set.ts";
import type { Part } from "./shards.ts";

interface Rows {
  readonly labels: Int32Array;
  readonly count: number;
  features: Float32Array | null;
  width: number;
  /** Pictures that have their features. */
  done: number;
  readonly broken: BrokenImage[];
}

export class FeatureAssembly {
  readonly #parts: Record<Part, Rows>;

  constructor(dataset: Readonly<Record<Part, Pick<ImageSet, "labels" | "count">>>) {
    this.#parts = { train: empty(dataset.train), validation: empty(dataset.validation) };
  }

  /** Takes a shard; each is to come once. Its features are copied. */
  add({ part, from, to, features, width, broken }: FeatureShard): void {
    const rows = this.#parts[part];
    rows.features ??= new Float32Array(rows.count * width);
    if (rows.width === 0) rows.width = width;
    if (rows.width !== width) {
      throw new HeadlightError(`features of ${part} are ${rows.width} wide up to ${from}, then ${width}`, 1);
    }
    rows.features.set(features, from * width);
    rows.done += to - from;
    rows.broken.push(...broken);
  }

  /** Both parts, as far as their pictures could be decoded. @throws Error when shards are missing. */
  finish(): { train: PicturesOf; validation: PicturesOf } {
    return { train: this.finishPart("train"), validation: this.finishPart("validation") };
  }

  /** One part alone. @throws Error when shards of it are missing. */
  finishPart(part: Part): PicturesOf {
    return finished(part, this.#parts[part]);
  }

  /** @throws HeadlightError (1) where broken pictures have left a class without any. */
  requireClasses(): void {
    for (const part of ["train", "validation"] as const) {
      const { broken, labels } = this.#parts[part];
      const lostOnes = new Set(broken.map(({ index }) => index));
      const left = new Set(labels.filter((_, index) => !lostOnes.has(index)));
      const lost = broken.find(({ index }) => !left.has(labels[index] ?? -1));
      if (!lost) continue;
      const role = part === "train" ? "training" : part;
      throw new HeadlightError(`no ${role} picture of the class of ${lost.path} can be decoded (${lost.reason})`, 1);
    }
  }
}

function empty({ labels, count }: { labels: Int32Array; count: number }): Rows {
  return { labels, count, features: null, width: 0, done: 0, broken: [] };
}

function finished(part: Part, { labels, count, features, width, done, broken }: Rows): PicturesOf {
  if (done !== count || !features) throw new Error(`${part} has features of ${done} of its ${count} pictures`);
  const left = new Set(broken.map(({ index }) => index));
  const pictures = Int32Array.from({ length: count }, (_, index) => index).filter((index) => !left.has(index));
  // In place: what is kept only ever moves towards the start.
  pictures.forEach((picture, row) => features.copyWithin(row * width, picture * width, (picture + 1) * width));
  return {
    features: features.subarray(0, pictures.length * width),
    width,
    count: pictures.length,
    labels: pictures.map((picture) => labels[picture] ?? 0),
    pictures,
  };
}

/** Puts shards, as they come, in their places of the two feature sets that training takes. */
import type { Dataset } from "../data/dataset.ts";
import { HeadlightError } from "../errors.ts";
import type { FeatureSet, FeatureShard } from "./feature_set.ts";
import type { Part } from "./shards.ts";

interface Rows {
  readonly labels: Int32Array;
  readonly count: number;
  features: Float32Array | null;
  width: number;
  /** Pictures that have their features. */
  done: number;
}

export class FeatureAssembly {
  readonly #parts: Record<Part, Rows>;

  constructor(dataset: Pick<Dataset, Part>) {
    this.#parts = { train: empty(dataset.train), validation: empty(dataset.validation) };
  }

  /** Takes a shard; each is to come once. Its features are copied. */
  add({ part, from, to, features, width }: FeatureShard): void {
    const rows = this.#parts[part];
    rows.features ??= new Float32Array(rows.count * width);
    if (rows.width === 0) rows.width = width;
    if (rows.width !== width) {
      throw new HeadlightError(`features of ${part} are ${rows.width} wide up to ${from}, then ${width}`, 1);
    }
    rows.features.set(features, from * width);
    rows.done += to - from;
  }

  /** @throws Error when shards are missing. */
  finish(): { train: FeatureSet; validation: FeatureSet } {
    return { train: finished("train", this.#parts.train), validation: finished("validation", this.#parts.validation) };
  }
}

function empty({ labels, count }: { labels: Int32Array; count: number }): Rows {
  return { labels, count, features: null, width: 0, done: 0 };
}

function finished(part: Part, { labels, count, features, width, done }: Rows): FeatureSet {
  if (done !== count || !features) throw new Error(`${part} has features of ${done} of its ${count} pictures`);
  return { features, width, count, labels };
}

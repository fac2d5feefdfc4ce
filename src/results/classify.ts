/** Classes of images, batch by batch, with whatever classifies them. */
import { at } from "../at.ts";
import { ImageLoader } from "../data/images/loader.ts";
import type { Resize } from "../config.ts";
import type { ImageBatch } from "../data/dataset/dataset.ts";
import { type Engine, forBases } from "../engine/engine.ts";
import type { FeatureRows, FrozenBase } from "../features/base/frozen_base.ts";
import { openFrozenBase } from "../features/base/open_base.ts";
import type { BaseSpec } from "../features/base/spec.ts";
import { cacheRoot } from "../paths.ts";

export interface Guess {
  readonly name: string;
  readonly probability: number;
}

export type Prediction =
  | { readonly path: string; readonly guesses: readonly Guess[] }
  | { readonly path: string; readonly reason: string };

type Probabilities = Float32Array | Float64Array;

/** A network, and what its output says. */
export interface Classifier {
  /** Null for a network that is trained from scratch, which has no frozen base. */
  readonly spec: BaseSpec | null;
  /** The height and width that image files are resized to. */
  readonly size: number;
  readonly batchSize: number;
  /** How image files become the size that the network takes. */
  readonly resize: Resize;
  readonly classes: readonly string[];
  /**
   * Returns the probability of every class for each image, row-major.
   *
   * @param rows the output of the network in `spec`; null without one
   */
  probabilities(images: ImageBatch, rows: FeatureRows | null): Probabilities | Promise<Probabilities>;
}

/**
 * Yields a prediction for each path, in order: the `top` most probable classes, or why the file cannot be read.
 *
 * Images are computed in batches of one size, so that an answer does not depend on what else is asked. The next batch is
 * decoded meanwhile. Leaves no tensor behind.
 */
export async function* classify(
  classifier: Classifier,
  paths: readonly string[],
  engine: Engine,
  top: number,
): AsyncGenerator<Prediction, void, void> {
  const { spec, size, batchSize, resize, classes } = classifier;
  const loader = new ImageLoader();
  let base: FrozenBase | undefined;
  const load = (from: number) => {
    const batch = paths.slice(from, from + batchSize);
    return batch.length === 0 ? null : loader.load({ paths: batch, size, resize });
  };
  try {
    let next = load(0);
    for (let from = 0; next; from += batchSize) {
      const { pixels, broken } = await next;
      next = load(from + batchSize);
      const batch = paths.slice(from, from + batchSize);
      const reasons = new Map(broken.map(({ index, reason }) => [index, reason]));
      const images = { count: batch.length, height: size, width: size, pixels };
      if (spec) {
        base ??= await openFrozenBase(forBases(engine), spec, images, {
          cacheRoot: cacheRoot(),
          cores: navigator.hardwareConcurrency,
        });
      }
      const values = await classifier.probabilities(images, await base?.features(images) ?? null);
      for (const [index, path] of batch.entries()) {
        const reason = reasons.get(index);
        const guesses = classes.map((name, label) => ({
          name,
          probability: at(values, index * classes.length + label),
        }));
        yield reason === undefined ? { path, guesses: best(guesses, top) } : { path, reason };
      }
    }
  } finally {
    base?.dispose();
    loader.close();
  }
}

function best(guesses: readonly Guess[], top: number): Guess[] {
  return guesses.toSorted((one, other) => other.probability - one.probability).slice(0, top);
}

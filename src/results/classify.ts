/** Classifies image files batch by batch, with the head of a run or a model from a file. */
import { at } from "../at.ts";
import { ImageLoader } from "../data/images/loader.ts";
import type { Resize } from "../config.ts";
import type { ImageBatch } from "../data/dataset/dataset.ts";
import { type Engine, forBases } from "../engine/engine.ts";
import type { FeatureRows, FrozenBase } from "../features/base/frozen_base.ts";
import { openFrozenBase } from "../features/base/open_base.ts";
import type { BaseSpec } from "../features/base/spec.ts";
import { cacheRoot } from "../paths.ts";

/** A class that an image may belong to. */
export interface Guess {
  readonly name: string;
  readonly probability: number;
}

/** The most probable classes of an image file, or why it cannot be read. */
export type Prediction =
  | { readonly path: string; readonly guesses: readonly Guess[] }
  | { readonly path: string; readonly reason: string };

type Probabilities = Float32Array | Float64Array;

/** A network that classifies images. */
export interface Classifier {
  /** The frozen base. Null for a network that was trained from scratch. */
  readonly spec: BaseSpec | null;
  /** The height and width that image files are resized to. */
  readonly size: number;
  readonly batchSize: number;
  /** How image files are resized to that size. */
  readonly resize: Resize;
  readonly classes: readonly string[];
  /**
   * Returns the probability of every class for each image: images × classes, row-major.
   *
   * @param rows the features of the images from the base in `spec`; null without a base
   */
  probabilities(images: ImageBatch, rows: FeatureRows | null): Probabilities | Promise<Probabilities>;
}

/** Paths of image files, in chunks of any size, which may come one by one. */
export type PathChunks = Iterable<readonly string[]> | AsyncIterable<readonly string[]>;

/**
 * Yields a prediction for each path, in order: the `top` most probable classes, or why the file cannot be read.
 *
 * Batches are computed at one size, so that a prediction does not depend on the number of other images. The next batch
 * is decoded meanwhile. Disposes all its tensors.
 *
 * @throws what `chunks` throws, after the predictions for the chunks before
 */
export async function* classify(
  classifier: Classifier,
  chunks: PathChunks,
  engine: Engine,
  top: number,
): AsyncGenerator<Prediction, void, void> {
  const { spec, size, batchSize, resize, classes } = classifier;
  const loader = new ImageLoader();
  const batches = batchesOf(chunks, batchSize);
  let base: FrozenBase | undefined;
  const load = async () => {
    const { done, value: paths } = await batches.next();
    return done ? null : { paths, ...await loader.load({ paths, size, resize }) };
  };
  /** Begins to load the next batch. If it is never awaited, its error must not count as unhandled. */
  const begin = () => {
    const loading = load();
    loading.catch(() => {});
    return loading;
  };
  try {
    for (let next = begin(), batch = await next; batch !== null; batch = await next) {
      next = begin();
      const { paths, pixels, broken } = batch;
      const reasons = new Map(broken.map(({ index, reason }) => [index, reason]));
      const images = { count: paths.length, height: size, width: size, pixels };
      if (spec) {
        base ??= await openFrozenBase(forBases(engine), spec, images, {
          cacheRoot: cacheRoot(),
          cores: navigator.hardwareConcurrency,
        });
      }
      const values = await classifier.probabilities(images, await base?.features(images) ?? null);
      for (const [index, path] of paths.entries()) {
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

async function* batchesOf(chunks: PathChunks, size: number): AsyncGenerator<readonly string[], void, void> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += size) yield chunk.slice(from, from + size);
  }
}

function best(guesses: readonly Guess[], top: number): Guess[] {
  return guesses.toSorted((one, other) => other.probability - one.probability).slice(0, top);
}

/** Predicts the classes of images with a trained run, in batches. */
import { at } from "../at.ts";
import { hasFrozenBase } from "../config.ts";
import { ImageLoader } from "../data/images/loader.ts";
import type { Engine, EngineFiles } from "../engine/engine.ts";
import type { ImageBatch } from "../data/dataset/dataset.ts";
import type { FrozenBase } from "../features/base/frozen_base.ts";
import { openFrozenBase } from "../features/base/open_base.ts";
import { cacheRoot } from "../paths.ts";
import { EXTRACTION_BATCH, planSpec } from "../run/plan.ts";
import { scaledPixels } from "../features/pixels/pixel_source.ts";
import { type BatchSource, featureSource } from "../training/batches.ts";
import { askNetwork } from "../training/inference.ts";
import { softmax } from "./metrics.ts";
import type { TrainedRun } from "./trained_run.ts";

export interface Guess {
  readonly name: string;
  readonly probability: number;
}

export type Prediction =
  | { readonly path: string; readonly guesses: readonly Guess[] }
  | { readonly path: string; readonly reason: string };

/**
 * Yields a prediction for each path, in order, with the run's own preprocessing: the `top` most probable classes, or
 * the reason why the file cannot be read. Batches have the same size as in extraction, so that a prediction does not
 * depend on the other images. The next batch is decoded while one is computed. Disposes all tensors.
 */
export async function* predict(
  trained: TrainedRun,
  paths: readonly string[],
  { engine, files }: { engine: Engine; files: EngineFiles },
  top: number,
): AsyncGenerator<Prediction, void, void> {
  const { options, resolved, source } = trained;
  const { size, resize } = options;
  const spec = hasFrozenBase(options) ? planSpec({ ...resolved, engine: files, source }, options) : null;
  const loader = new ImageLoader();
  let base: FrozenBase | undefined;
  const load = (from: number) => {
    const batch = paths.slice(from, from + EXTRACTION_BATCH);
    return batch.length === 0 ? null : loader.load({ paths: batch, size, resize });
  };
  try {
    let next = load(0);
    for (let from = 0; next; from += EXTRACTION_BATCH) {
      const { pixels, broken } = await next;
      next = load(from + EXTRACTION_BATCH);
      const batch = paths.slice(from, from + EXTRACTION_BATCH);
      const reasons = new Map(broken.map(({ index, reason }) => [index, reason]));
      const images = { count: batch.length, height: size, width: size, pixels };
      if (spec) {
        base ??= await openFrozenBase(engine, spec, images, {
          cacheRoot: cacheRoot(),
          cores: navigator.hardwareConcurrency,
        });
      }
      const answers = await answer(engine, trained, inputOf(engine, base, trained, images));
      for (const [index, path] of batch.entries()) {
        const reason = reasons.get(index);
        yield reason === undefined ? { path, guesses: best(at(answers, index), top) } : { path, reason };
      }
    }
  } finally {
    base?.dispose();
    loader.close();
  }
}

/** What the trained layers take for a batch: the features of the frozen base, or the pixels where there is none. */
function inputOf(
  { tf }: Engine,
  base: FrozenBase | undefined,
  { options: { size } }: TrainedRun,
  images: ImageBatch,
): BatchSource {
  const labels = new Int32Array(images.count);
  if (base) return featureSource({ ...base.features(images), count: images.count, labels });
  return { count: images.count, labels, shape: [size, size, 3], gather: () => scaledPixels(tf, images, size) };
}

/** Every class's probability for each image of a batch. */
async function answer(
  { tf }: Engine,
  { layers, weights, classes }: TrainedRun,
  source: BatchSource,
): Promise<Guess[][]> {
  const { logits } = await askNetwork(tf, layers, weights, source);
  const probabilities = softmax(logits, classes.length);
  return Array.from(
    { length: source.count },
    (_, row) => classes.map((name, label) => ({ name, probability: at(probabilities, row * classes.length + label) })),
  );
}

function best(guesses: readonly Guess[], top: number): Guess[] {
  return guesses.toSorted((one, other) => other.probability - one.probability).slice(0, top);
}

/** Predicts the classes of images with a trained run. */
import { hasFrozenBase } from "../config.ts";
import type { Engine, EngineFiles } from "../engine/engine.ts";
import { rowsInMemory } from "../features/rows/feature_set.ts";
import { scaledPixels } from "../features/pixels/pixel_source.ts";
import { baseOf } from "../run/folder/run_config.ts";
import { EXTRACTION_BATCH, planSpec } from "../run/plan.ts";
import { featureSource } from "../training/batches.ts";
import { askNetwork } from "../training/inference.ts";
import { type Classifier, classify, type PathChunks, type Prediction } from "./classify.ts";
import { softmax } from "./metrics.ts";
import { restoreWeights } from "./restore_weights.ts";
import type { TrainedRun } from "./trained_run.ts";

/** Yields a prediction for each path, in order, with the run's own preprocessing. See `classify`. */
export async function* predict(
  trained: TrainedRun,
  chunks: PathChunks,
  { engine, files }: { readonly engine: Engine; readonly files: EngineFiles },
  top: number,
): AsyncGenerator<Prediction, void, void> {
  const { options, resolved, source, classes, layers, weights } = trained;
  const { size, resize } = options;
  const { tf } = engine;
  const classifier: Classifier = {
    spec: hasFrozenBase(options)
      ? planSpec({ ...resolved, base: baseOf(options, resolved), engine: files, source }, options)
      : null,
    size,
    batchSize: EXTRACTION_BATCH,
    resize,
    classes,
    // The trained layers take the features of the frozen base, or the pixels if there is none.
    async probabilities(images, rows) {
      const labels = new Int32Array(images.count);
      const batch = rows
        ? featureSource({
          rows: rowsInMemory(rows.features.subarray(0, images.count * rows.width), rows.width),
          labels,
        })
        : { count: images.count, labels, shape: [size, size, 3], gather: () => scaledPixels(tf, images, size) };
      return softmax((await askNetwork(tf, layers, weights, batch)).logits, classes.length);
    },
  };
  if (classifier.spec) await restoreWeights(trained, () => Promise.resolve(files));
  yield* classify(classifier, chunks, engine, top);
}

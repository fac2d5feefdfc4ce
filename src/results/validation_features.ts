/** Provides the features of a validation set, from the cache or from an extractor process. */
import type { BrokenImage } from "../data/dataset/dataset.ts";
import { FeatureAssembly } from "../features/assembly.ts";
import { aboutBase } from "../features/base/about_base.ts";
import { type ExtractionPlan, features } from "../features/extraction.ts";
import { findImages } from "../features/found_images.ts";
import type { ImagesOf, OnFeatures } from "../features/rows/feature_set.ts";
import { useEntry } from "../files/use.ts";

/** The features of a validation set, and the images that have none. */
export interface ValidationFeatures {
  readonly set: ImagesOf;
  readonly broken: readonly BrokenImage[];
}

export interface ValidationOptions {
  /** Called while the files are read to find their features in the cache, which takes minutes for many new files. */
  readonly onRead?: ((done: number, total: number) => void) | undefined;
  readonly onProgress: OnFeatures;
  readonly signal?: AbortSignal | undefined;
  /** Called before features are computed, unless all of them are in the cache. */
  readonly beforeComputing?: () => Promise<void>;
}

/**
 * Returns the features of a data set's validation set. Broken images have none.
 *
 * @throws HeadlightError (1) if the extractor fails; the signal's reason when aborted
 */
export async function validationFeatures(
  plan: ExtractionPlan,
  { onRead, onProgress, signal, beforeComputing }: ValidationOptions,
): Promise<ValidationFeatures> {
  const { dataset } = plan;
  const parts = ["validation"] as const;
  const told = (done: number) => onRead?.(done, dataset.validation.count);
  const images = await findImages({ ...plan, parts }, { signal, onProgress: told });
  signal?.throwIfAborted();
  if (!images) throw new Error("the search for images ended early without a signal");
  if (images.rows.missing().length > 0) await beforeComputing?.();
  const assembly = new FeatureAssembly(dataset, images);
  const broken: BrokenImage[] = [];
  let done = 0;
  // Keeps `cache clear` from deleting the rows before they are copied or mapped.
  const use = await useEntry(images.rows.folder, aboutBase(plan.spec));
  try {
    for await (const batch of features({ ...plan, parts, images }, { signal, log: "null" })) {
      assembly.add(batch);
      broken.push(...batch.broken);
      onProgress(done += batch.indices.length, dataset.validation.count, batch.cached);
    }
    signal?.throwIfAborted();
    return { set: await assembly.finishPart("validation"), broken };
  } finally {
    use.release();
  }
}

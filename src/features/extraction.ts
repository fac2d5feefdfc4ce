/**
 * The features of a data set, from the cache where it has them, else from an extractor process that is restarted when
 * it is lost.
 */
import { at } from "../at.ts";
import type { BrokenImage, Dataset } from "../data/dataset/dataset.ts";
import { HeadlightError } from "../errors.ts";
import { Turns } from "../turns.ts";
import { type ExtractorOptions, runExtractor } from "./extractor_process.ts";
import type { FeatureBatch, Part } from "./rows/feature_set.ts";
import { findImages, type FoundImages } from "./found_images.ts";
import type { ExtractionSpec, Job } from "./job.ts";
import type { FoundRows } from "./rows/row_finder.ts";

/** How many times in a row the extractor is restarted if it ends without a new row. */
const RESTARTS_WITHOUT_PROGRESS = 3;
const IMAGES_PER_JOB = 100_000;
/** Rows that are read from the cache before signals and sockets have their turn: 1 MB at a width of 1024. */
const ROWS_AT_ONCE = 256;

export interface ExtractionPlan {
  readonly spec: ExtractionSpec;
  /** What `spec.data` names, opened. */
  readonly dataset: Dataset;
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** Which parts are wanted; both where it is not given. */
  readonly parts?: readonly Part[];
  /** What `findImages` gave; where it is not given, that comes first. */
  readonly images?: FoundImages;
  /** The most images that one extractor process is asked for: a job is one line of text, 100 bytes an image. */
  readonly imagesPerJob?: number;
}

/**
 * Yields the features of every image: those that the cache has, as they lie in it, then the others in order. With
 * everything cached no process is started. An image that occurs twice is computed once. Aborting kills the extractor
 * and ends the iteration without an error: a consumer that aborts knows it is incomplete.
 *
 * @throws HeadlightError (exit status 1) with the extractor's own words, or when it was lost too often.
 */
export async function* features(plan: ExtractionPlan, options: ExtractorOptions = {}): AsyncGenerator<FeatureBatch> {
  const { signal } = options;
  const images = plan.images ?? await findImages(plan, { signal });
  if (!images) return;
  const leaving = new AbortController();
  const extraction = new Extraction(plan, images, {
    ...options,
    signal: AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]),
  });
  images.rows.refresh();
  const missing = images.rows.missing();
  const there = images.rows.present();
  const computed = extraction.compute(missing);
  // The extractor starts while the cache is read.
  const first = missing.length > 0 ? computed.next() : null;
  first?.catch(() => {});
  try {
    const damaged: number[] = [];
    yield* extraction.cached(there, damaged);
    if (first) {
      for (let next = await first; !next.done; next = await computed.next()) yield* next.value;
    }
    if (damaged.length === 0 || signal?.aborted) return;
    images.rows.mend();
    for await (const batches of extraction.compute(damaged)) yield* batches;
  } finally {
    leaving.abort();
    await computed.return(undefined);
  }
}

class Extraction {
  constructor(
    private readonly plan: ExtractionPlan,
    private readonly images: FoundImages,
    private readonly options: ExtractorOptions & { readonly signal: AbortSignal },
  ) {}

  /** The rows that the cache has. Those that turn out damaged are added to `damaged`. */
  async *cached(there: readonly number[], damaged: number[]): AsyncGenerator<FeatureBatch> {
    const { rows } = this.images;
    const turns = new Turns();
    for (let from = 0; from < there.length; from += ROWS_AT_ONCE) {
      if (this.options.signal.aborted) return;
      const found = rows.read(there.slice(from, from + ROWS_AT_ONCE));
      damaged.push(...found.absent);
      yield* await this.#batches(found, true);
      await turns.next();
    }
  }

  /** The rows of missing images as they come into the store, by as many extractors as it takes. */
  async *compute(missing: readonly number[]): AsyncGenerator<FeatureBatch[], undefined> {
    const { rows } = this.images;
    const { signal, onLost } = this.options;
    const { imagesPerJob = IMAGES_PER_JOB } = this.plan;
    const left = new Set(missing);
    let restarts = 0;
    while (left.size > 0) {
      const before = left.size;
      const asked = [...left].slice(0, imagesPerJob);
      for await (const report of runExtractor(this.#job(asked), this.options)) {
        if (report.type === "failed") throw new HeadlightError(report.line, 1);
        yield await this.#come(report.images.map((place) => at(asked, place)), left, !report.computed);
      }
      if (signal.aborted) return;
      // The extractor may have written rows that it did not report. Damaged ones go, so that the next one computes them.
      rows.mend();
      yield await this.#come([...left].filter((position) => rows.has(position)), left, false);
      restarts = left.size < before ? 0 : restarts + 1;
      if (restarts > RESTARTS_WITHOUT_PROGRESS) throw lostTooOften(restarts);
      if (asked.some((position) => left.has(position))) onLost?.(restarts + 1);
    }
  }

  #job(positions: readonly number[]): Job {
    const { plan: { spec, cacheRoot, dataset }, images: { list } } = this;
    const images = positions.map((position) => {
      const { part, index } = at(list.places(position), 0);
      return { part, index, file: dataset[part].fileOf(index), digest: list.digests.hex(position) };
    });
    return { kind: "extract", spec, cacheRoot, images };
  }

  async #come(positions: readonly number[], left: Set<number>, cached: boolean): Promise<FeatureBatch[]> {
    const { rows } = this.images;
    rows.refresh();
    const found = rows.read(positions.filter((position) => left.has(position)));
    for (const position of found.positions) left.delete(position);
    return await this.#batches(found, cached);
  }

  /** Rows at all places of their images, one batch for each part that has some. */
  async #batches(found: FoundRows, cached: boolean): Promise<FeatureBatch[]> {
    const { features, width, madeOn } = found;
    const placed = found.positions.flatMap((position, row) =>
      this.images.list.places(position).map((place) => ({ ...place, row }))
    );
    const batches: FeatureBatch[] = [];
    for (const [part, places] of Map.groupBy(placed, (place) => place.part)) {
      const own = new Float32Array(places.length * width);
      places.forEach(({ row }, to) => own.set(features.subarray(row * width, (row + 1) * width), to * width));
      const indices = places.map(({ index }) => index);
      const nan = indices.filter((_, row) => Number.isNaN(at(own, row * width)));
      const broken = nan.length === 0 ? [] : await this.#reasons(part, nan);
      batches.push({ part, indices, features: own, width, cached, broken, madeOn });
    }
    return batches;
  }

  /** Returns why images are broken. Their rows do not say it, so these images are decoded once more. */
  async #reasons(part: Part, indices: readonly number[]): Promise<BrokenImage[]> {
    const images = this.plan.dataset[part];
    const { broken } = await images.pick(indices);
    const reasons = new Map(broken.map(({ index, reason }) => [index, reason]));
    return indices.map((index) => ({
      index,
      path: images.fileOf(index) ?? `image ${index} of ${part}`,
      reason: reasons.get(index) ?? "it could not be read at first, and has changed since",
    }));
  }
}

function lostTooOften(times: number): HeadlightError {
  return new HeadlightError(
    `the extractor process ended ${times} times in a row without a result: ` +
      "what it said last is in the run's trainer.log; it may have been killed for want of memory",
    1,
  );
}

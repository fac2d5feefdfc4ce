/**
 * Provides the features of a data set: from the cache if they are there, otherwise from an extractor process, which is
 * restarted if it exits unexpectedly.
 */
import { at } from "../at.ts";
import type { BrokenImage, Dataset } from "../data/dataset/dataset.ts";
import { HeadlightError, TRY_AGAIN, UnusableDataError } from "../errors.ts";
import { useEntry } from "../files/use.ts";
import { Turns } from "../turns.ts";
import { aboutBase } from "./base/about_base.ts";
import { type ExtractorOptions, runExtractor } from "./extractor_process.ts";
import type { FeatureBatch, Part } from "./rows/feature_set.ts";
import { findImages, type FoundImages } from "./found_images.ts";
import type { ExtractionSpec, Job, Report } from "./job.ts";
import type { FoundRows } from "./rows/row_finder.ts";

/** How many times in a row the extractor is restarted when it exits without a new row. */
const RESTARTS_WITHOUT_PROGRESS = 3;
const IMAGES_PER_JOB = 100_000;
/**
 * The number of rows that are read from the cache before signals and sockets are processed: 1 MB at a width of 1024.
 */
const ROWS_AT_ONCE = 256;

export interface ExtractionPlan {
  readonly spec: ExtractionSpec;
  /** The opened data set of `spec.data`. */
  readonly dataset: Dataset;
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** The parts to extract. Default: both. */
  readonly parts?: readonly Part[];
  /** The result of `findImages`. If it is missing, `findImages` is called first. */
  readonly images?: FoundImages;
  /** The maximum number of images per extractor process: a job is one line of text with 100 bytes per image. */
  readonly imagesPerJob?: number;
}

export interface ExtractionOptions extends ExtractorOptions {
  /** Called when all features that were in the cache have been yielded. The others may take a while to begin. */
  readonly onRead?: (() => void) | undefined;
}

/**
 * Yields the features of every image: first those in the cache, in the cache's order, then the others in order. Starts
 * no process if all features are cached. An image that occurs twice is computed once. Aborting kills the extractor and
 * ends the iteration without an error; a consumer that aborts knows that the features are incomplete.
 *
 * @throws HeadlightError with the extractor's error: `TRY_AGAIN` if the disk has no room, UnusableDataError if it would
 * fail again, otherwise 1; (1) if the extractor exited unexpectedly too often
 */
export async function* features(plan: ExtractionPlan, options: ExtractionOptions = {}): AsyncGenerator<FeatureBatch> {
  const { signal } = options;
  const images = plan.images ?? await findImages(plan, { signal });
  if (!images) return;
  const leaving = new AbortController();
  const extraction = new Extraction(plan, images, {
    ...options,
    signal: AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]),
  });
  // Until the consumer has all features, `cache clear` keeps them.
  const use = await useEntry(images.rows.folder, aboutBase(plan.spec));
  images.rows.refresh();
  const missing = images.rows.missing();
  const there = images.rows.present();
  const computed = extraction.compute(missing);
  // Starting the extractor here lets it load while the cache is read.
  const first = missing.length > 0 ? computed.next() : null;
  first?.catch(() => {});
  try {
    const damaged: number[] = [];
    yield* extraction.cached(there, damaged);
    options.onRead?.();
    if (first) {
      for (let next = await first; !next.done; next = await computed.next()) yield* next.value;
    }
    if (damaged.length === 0 || signal?.aborted) return;
    images.rows.mend();
    for await (const batches of extraction.compute(damaged)) yield* batches;
  } finally {
    leaving.abort();
    await computed.return(undefined);
    use.release();
  }
}

class Extraction {
  constructor(
    private readonly plan: ExtractionPlan,
    private readonly images: FoundImages,
    private readonly options: ExtractorOptions & { readonly signal: AbortSignal },
  ) {}

  /** Yields the rows in the cache. Adds the positions of damaged rows to `damaged`. */
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

  /**
   * Yields the rows of missing images as they reach the store. Runs as many extractors, one after the other, as needed.
   */
  async *compute(missing: readonly number[]): AsyncGenerator<FeatureBatch[], undefined> {
    const { rows } = this.images;
    const { signal, onLost, onNoRoom, onWait } = this.options;
    const { imagesPerJob = IMAGES_PER_JOB } = this.plan;
    const left = new Set(missing);
    let restarts = 0;
    while (left.size > 0) {
      const before = left.size;
      const asked = [...left].slice(0, imagesPerJob);
      let lost = true;
      for await (const report of runExtractor(this.#job(asked), this.options)) {
        if (report.type === "failed") {
          const mayWait = report.no_room && restarts < RESTARTS_WITHOUT_PROGRESS;
          if (!mayWait || !onNoRoom) throw failure(report);
          await onNoRoom(left.size);
          lost = false;
          break;
        }
        if (report.type === "waits") onWait?.(report.hosts);
        if (report.type !== "rows") continue;
        yield await this.#come(report.images.map((place) => at(asked, place)), left, report);
      }
      if (signal.aborted) return;
      // The extractor may have written rows that it did not report. `mend` removes damaged ones, so that the next
      // extractor computes them.
      rows.mend();
      yield await this.#come([...left].filter((position) => rows.has(position)), left, { computed: true });
      restarts = left.size < before ? 0 : restarts + 1;
      if (restarts > RESTARTS_WITHOUT_PROGRESS) throw lostTooOften(restarts);
      if (lost && asked.some((position) => left.has(position))) onLost?.(restarts + 1);
    }
  }

  #job(positions: readonly number[]): Job {
    const { plan: { spec, cacheRoot, dataset }, images: { list, reach } } = this;
    const images = positions.map((position) => {
      const { part, index } = at(list.places(position), 0);
      return { part, index, file: dataset[part].fileOf(index), digest: list.digests.hex(position) };
    });
    return { kind: "extract", spec, cacheRoot, images, reach };
  }

  async #come(
    positions: readonly number[],
    left: Set<number>,
    { computed, segment }: { readonly computed: boolean; readonly segment?: string | undefined },
  ): Promise<FeatureBatch[]> {
    const { rows } = this.images;
    // To list the store for each batch would take long where many processes write to it.
    if (segment === undefined || !rows.lookAt(segment)) rows.refresh();
    const found = rows.read(positions.filter((position) => left.has(position)));
    for (const position of found.positions) left.delete(position);
    return await this.#batches(found, !computed);
  }

  /** Copies each row to all places where its image occurs. Returns one batch for each part that has such places. */
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

  /** Returns why images are broken. The rows do not contain the reason, so these images are decoded again. */
  async #reasons(part: Part, indices: readonly number[]): Promise<BrokenImage[]> {
    const images = this.plan.dataset[part];
    const { broken } = await images.pick(indices);
    const reasons = new Map(broken.map(({ index, reason }) => [index, reason]));
    return indices.map((index) => ({
      index,
      path: images.fileOf(index) ?? `image ${index} of ${part}`,
      reason: reasons.get(index) ?? "it could not be read, and has changed since",
    }));
  }
}

function failure({ line, no_room: noRoom, unusable }: Extract<Report, { type: "failed" }>): HeadlightError {
  if (unusable) return new UnusableDataError(line);
  return new HeadlightError(line, noRoom ? TRY_AGAIN : 1);
}

function lostTooOften(times: number): HeadlightError {
  return new HeadlightError(
    `the extractor process exited ${times} times in a row without a result. See the end of the run's trainer.log; ` +
      "the system may have killed it for lack of memory",
    1,
  );
}

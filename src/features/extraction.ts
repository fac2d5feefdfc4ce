/**
 * All features of a data set, from the cache where it has them, else from an extractor process that is restarted when
 * it is lost.
 */
import { setImmediate } from "node:timers/promises";
import type { BrokenImage, Dataset } from "../data/dataset.ts";
import { HeadlightError } from "../errors.ts";
import { FeatureCache, type FeatureRows } from "./cache.ts";
import { type ExtractorOptions, runExtractor } from "./extractor_process.ts";
import type { FeatureShard } from "./feature_set.ts";
import type { ExtractionSpec, ShardRequest } from "./job.ts";
import { shardKey } from "./shard_key.ts";
import { type Part, shardRanges } from "./shards.ts";

/** In a row, without a single new shard. */
const RESTARTS_WITHOUT_PROGRESS = 3;

export interface ExtractionPlan {
  readonly spec: ExtractionSpec;
  /** What `spec.data` names, opened. */
  readonly dataset: Dataset;
  /** The machine-wide cache folder, see `cacheRoot`. */
  readonly cacheRoot: string;
  /** Which parts are wanted; both where it is not given. */
  readonly parts?: readonly Part[];
  /** What `keyShards` gave; where it is not given, that comes first. */
  readonly shards?: readonly ShardRequest[];
}

export interface KeyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Is told after each shard how many pictures have their key. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * The shards of a plan, in order, each with the key of its features: every picture is read once, and none is decoded.
 * null where it was aborted.
 */
export async function keyShards(
  { spec, dataset, parts }: Pick<ExtractionPlan, "spec" | "dataset" | "parts">,
  { signal, onProgress }: KeyOptions = {},
): Promise<ShardRequest[] | null> {
  const shards: ShardRequest[] = [];
  let done = 0;
  for (const range of shardRanges(dataset, spec.batchSize)) {
    if (signal?.aborted) return null;
    if (parts && !parts.includes(range.part)) continue;
    shards.push({ ...range, key: shardKey(spec, await dataset[range.part].digest(range.from, range.to)) });
    onProgress?.(done += range.to - range.from);
    await setImmediate();
  }
  return shards;
}

/**
 * Yields the features of every picture, training part first, in order. With everything cached no process is started.
 * Aborting kills the extractor and ends the iteration without an error: a consumer that aborts knows it is incomplete.
 *
 * @throws HeadlightError (exit status 1) with the extractor's own words, or when it was lost too often.
 */
export async function* features(plan: ExtractionPlan, options: ExtractorOptions = {}): AsyncGenerator<FeatureShard> {
  const { signal } = options;
  const cache = new FeatureCache(plan.cacheRoot);
  const requests = plan.shards ?? await keyShards(plan, { signal });
  if (!requests) return;
  const shards: { request: ShardRequest; cached: boolean }[] = [];
  for (const request of requests) {
    if (signal?.aborted) return;
    shards.push({ request, cached: cache.read(request.key, request.to - request.from) !== null });
    await setImmediate();
  }
  const missing = shards.filter(({ cached }) => !cached).map(({ request }) => request);
  const extracted = extract(plan, cache, missing, options);
  try {
    for (const { request, cached } of shards) {
      const found = cached ? await known(plan, cache, request) : (await extracted.next()).value;
      if (signal?.aborted || !found) return;
      const { part, from, to } = request;
      const { rows: { features, width }, broken } = found;
      yield { part, from, to, features, width, cached, broken };
    }
  } finally {
    await extracted.return(undefined);
  }
}

interface Extracted {
  readonly rows: FeatureRows;
  readonly broken: readonly BrokenImage[];
}

/** What the cache has; why a picture is broken it does not know, so those few are decoded once more. */
async function known({ dataset }: ExtractionPlan, cache: FeatureCache, shard: ShardRequest): Promise<Extracted> {
  const { part, from, to, key } = shard;
  const rows = cache.read(key, to - from);
  if (!rows) throw new HeadlightError(`${cache.path(key)} went away while it was used: start a new run`, 1);
  const { features, width } = rows;
  const some = Array.from({ length: to - from }, (_, row) => row).some((row) => Number.isNaN(features[row * width]));
  return { rows, broken: some ? (await dataset[part].read(from, to)).broken : [] };
}

/** The features of the missing shards, in order, by as many extractors as it takes. */
async function* extract(
  plan: ExtractionPlan,
  cache: FeatureCache,
  missing: readonly ShardRequest[],
  options: ExtractorOptions,
): AsyncGenerator<Extracted, undefined> {
  let restarts = 0;
  let done = 0;
  while (done < missing.length) {
    const before = done;
    const job = { kind: "extract", spec: plan.spec, cacheRoot: plan.cacheRoot, shards: missing.slice(done) } as const;
    for await (const report of runExtractor(job, options)) {
      if (report.type === "failed") throw new HeadlightError(report.line, 1);
      if (report.type !== "shard") continue;
      const rows = fromCache(missing[done]);
      if (!rows) break;
      done++;
      yield { rows, broken: report.broken };
    }
    if (options.signal?.aborted) return;
    // What it wrote and could not report any more.
    for (let shard = missing[done]; shard && fromCache(shard); shard = missing[done]) {
      done++;
      yield await known(plan, cache, shard);
    }
    restarts = done > before ? 0 : restarts + 1;
    if (restarts > RESTARTS_WITHOUT_PROGRESS) {
      throw new HeadlightError(
        `the extractor process ended ${restarts} times in a row without a result: ` +
          "what it said last is in the run's trainer.log; it may have been killed for want of memory",
        1,
      );
    }
    if (done < missing.length) options.onLost?.(restarts + 1);
  }

  function fromCache(shard: ShardRequest | undefined): FeatureRows | null {
    return shard ? cache.read(shard.key, shard.to - shard.from) : null;
  }
}

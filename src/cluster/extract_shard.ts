/** Computes the features of a shard into the cache, where `train` finds them. */
import type { RunOptions } from "../config.ts";
import type { BrokenImage, ImageRange } from "../data/dataset/dataset.ts";
import type { FoundSource } from "../data/open.ts";
import { count } from "../counted.ts";
import type { EngineFiles, OnSetupProgress } from "../engine/engine.ts";
import { UnusableDataError } from "../errors.ts";
import { features } from "../features/extraction.ts";
import { findImages } from "../features/found_images.ts";
import type { OnFeatures } from "../features/rows/feature_set.ts";
import { planExtraction } from "../run/plan.ts";
import { prepare, type Prepared } from "../run/prepare.ts";
import { checkRoomForFeatures } from "../run/space.ts";
import { namedOptions } from "./named_options.ts";
import { rangeOf, type Shard, shardName } from "./shard.ts";

/** What to compute. */
export interface ShardRequest {
  /** The options of the run that will use the features. Those that do not determine features have no effect. */
  readonly options: RunOptions;
  /** The data set that was found; null if it must be downloaded. */
  readonly found: FoundSource | null;
  readonly shard: Shard;
}

/** What is known about a shard before anything is computed. */
export interface FoundShard {
  readonly engine: EngineFiles;
  /** The shard's images, counted over all parts of the data set. */
  readonly range: ImageRange;
  /** The number of all images of the data set. */
  readonly total: number;
  /** Notices about the data and the engine, for a person. */
  readonly notices: readonly string[];
}

/** Receives the progress of the work. */
export interface ShardListener {
  readonly onSetup: OnSetupProgress;
  readonly onFound: (found: FoundShard) => void;
  /** Called with the number of images whose files were read and hashed. */
  readonly onRead: (done: number, total: number) => void;
  /** Called once with the number of the shard's images whose features are already in the cache. */
  readonly onLooked: (cached: number) => void;
  /** Counts the shard's images. */
  readonly onProgress: OnFeatures;
  /** Called when the extractor has exited unexpectedly and is restarted. */
  readonly onLost: () => void;
  /** Called when processes on these hosts compute all remaining images, so that this process waits. */
  readonly onWait: (hosts: readonly string[]) => void;
}

/** The result for a shard, all of whose features are in the cache. */
export interface ExtractedShard {
  /** The number of images. Identical ones are counted separately. */
  readonly images: number;
  /** How many of them this process computed. */
  readonly computed: number;
  readonly broken: readonly BrokenImage[];
}

/**
 * Sets up the engine and downloads what all shards need. Computes nothing.
 *
 * Unlike a run, this never falls back to other data or weights if those of the options cannot be downloaded
 * (`namedOptions`).
 *
 * @throws HeadlightError as `prepare`
 */
export async function prepareShards(
  { options, found }: Omit<ShardRequest, "shard">,
  onSetup: OnSetupProgress,
  signal: AbortSignal,
): Promise<Prepared> {
  const findData = found === null ? undefined : () => Promise.resolve(found);
  return await prepare(namedOptions(options), onSetup, signal, findData);
}

/**
 * Computes the features of a shard that are not in the cache, and reads the others to check them. Shards do not depend
 * on each other. If this is interrupted, what was computed stays in the cache.
 *
 * @param request options with a frozen base
 * @throws UnusableDataError if none of the images can be decoded; the signal's reason when aborted; HeadlightError
 * (`TRY_AGAIN`) if the disk has no room, as `prepareShards`, and as `features`
 */
export async function extractShard(
  { options, found, shard }: ShardRequest,
  listener: ShardListener,
  signal: AbortSignal,
): Promise<ExtractedShard> {
  const { base, network, ...prepared } = await prepareShards({ options, found }, listener.onSetup, signal);
  if (base === null || network === null) throw new Error(`${options.base} has no features`);
  const { dataset } = prepared;
  try {
    const total = dataset.train.count + dataset.validation.count;
    const range = rangeOf(shard, total);
    listener.onFound({ engine: prepared.engine, range, total, notices: prepared.notices });
    const plan = planExtraction({ ...prepared, base }, options);
    const own = range.to - range.from;
    const share = shard.of === 1 ? undefined : { range, name: shardName(shard) };
    const onProgress = (done: number) => listener.onRead(done, own);
    const images = await findImages({ ...plan, share }, { signal, onProgress });
    signal.throwIfAborted();
    if (!images) throw new Error("the search for images ended early without a signal");
    const missing = images.rows.missing();
    const missingPlaces = missing.reduce((sum, position) => sum + images.list.places(position).length, 0);
    listener.onLooked(own - missingPlaces);
    checkRoomForFeatures(missing.length, network.featureWidth);
    const broken: BrokenImage[] = [];
    let done = 0;
    let computed = 0;
    const { onLost, onWait } = listener;
    for await (const batch of features({ ...plan, images }, { signal, onLost, onWait })) {
      done += batch.indices.length;
      if (!batch.cached) computed += batch.indices.length;
      broken.push(...batch.broken);
      listener.onProgress(done, own, batch.cached);
    }
    signal.throwIfAborted();
    if (done !== own) throw new Error(`${done} of ${own} images have features`);
    const [first] = broken;
    if (first !== undefined && broken.length === own) {
      const which = own === 1 ? "The only image" : `None of the ${count(own)} images`;
      throw new UnusableDataError(
        `${which} can${own === 1 ? "not" : ""} be decoded, such as ${first.path} (${first.reason}). Use other images.`,
      );
    }
    return { images: own, computed, broken };
  } finally {
    dataset.close();
  }
}

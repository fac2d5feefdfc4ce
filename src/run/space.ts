/** Estimates, before a run starts, how much room it needs on the disks of its folder and of the cache. */
import { join } from "node:path";
import prettyBytes from "pretty-bytes";
import { networkNameSchema, type RunOptions, shownBase } from "../config.ts";
import { HeadlightError, TRY_AGAIN } from "../errors.ts";
import { mostCachedRows } from "../features/rows/cached_rows.ts";
import { segmentBytes } from "../features/rows/segment.ts";
import { freeBytes, onSameDisk } from "../files/room.ts";
import type { BaseNetwork } from "../model/base_network.ts";
import { describe } from "../model/layers.ts";
import { splitNetwork } from "../model/open_part.ts";
import { parameterTotals } from "../model/parameters.ts";
import { wholeModel } from "../model/whole.ts";
import { cacheRoot } from "../paths.ts";
import { HISTORY_EPOCH_BYTES } from "./checkpoints/history_format.ts";

/** Best, last, the one before last, and the one that is being written. Those of `--keep` are added. */
const CHECKPOINTS_AT_ONCE = 4;
/** model.json, manifest.json and state.json. */
const CHECKPOINT_TEXT_BYTES = 16_384;
/** What an epoch adds to events.jsonl and history.csv. The runs in tests/fixtures have 1.1 to 1.6 kB per epoch. */
const LOG_EPOCH_BYTES = 1600;
/** The rest of the run's folder: config.json, and in the log the `run` event and ten sets of sample images. */
const LOG_BYTES = 200_000;
/** More epochs are not counted: with so many, early stopping or a person usually ends the run. */
const MOST_EPOCHS = 1000;
const FLOAT_BYTES = 4;

/** What decides how much room a run needs. */
export interface RunSize {
  /** The number of images whose features are to be computed, and the number of values of each. */
  readonly rows: number;
  readonly width: number;
  /** The parameters of the network that is trained, and those that the optimizer changes. */
  readonly parameters: number;
  readonly trainable: number;
  readonly epochs: number;
  /** Whether the best weights are kept (`--restore-best`). */
  readonly keepsBest: boolean;
  /** The number of checkpoints that are kept for their figure (`--keep`). */
  readonly keep: number;
  /** The size of the run's folder so far, if it goes on. */
  readonly written: number;
}

/** Returns how many bytes a run needs in the cache and in its own folder. */
export function spaceNeeded(size: RunSize): { readonly cache: number; readonly run: number } {
  const { rows, width, parameters, trainable, keepsBest, keep, written } = size;
  const epochs = Math.min(size.epochs, MOST_EPOCHS);
  const network = parameters * FLOAT_BYTES;
  const best = keepsBest ? network : 0;
  const moments = 2 * trainable * FLOAT_BYTES;
  const checkpoint = network + moments + best + CHECKPOINT_TEXT_BYTES + epochs * HISTORY_EPOCH_BYTES;
  const log = LOG_BYTES + epochs * LOG_EPOCH_BYTES;
  return {
    cache: rows === 0 ? 0 : segmentBytes(rows, width),
    // Old checkpoints are removed only when a new one is complete.
    run: Math.max(checkpoint, (CHECKPOINTS_AT_ONCE + Math.min(keep, epochs)) * checkpoint + best + log - written),
  };
}

/** The number of images and classes of a data set. */
export interface DataSize {
  readonly images: number;
  readonly classes: number;
}

/** A folder that a run writes to, and how much. */
export interface Place {
  readonly path: string;
  readonly needed: number;
  /** The free bytes on its disk, or null if unknown. */
  readonly free: number | null;
}

/**
 * Returns what to say if a disk has too little room; null if both have enough, or do not tell. Pure.
 * @param goesOn whether the run goes on, so that its folder cannot be on another disk
 */
export function lackOfRoom(run: Place, cache: Place, sameDisk: boolean, goesOn = false): string | null {
  if (sameDisk) {
    const both = { ...run, needed: run.needed + cache.needed };
    const elsewhere = goesOn ? ELSEWHERE : "name folders on other disks with --runs and XDG_CACHE_HOME";
    return lack(both, "checkpoints, log and features", elsewhere);
  }
  return lack(run, "checkpoints and log", goesOn ? null : "name a folder on another disk with --runs") ??
    lack(cache, "features", ELSEWHERE);
}

const ELSEWHERE = "set XDG_CACHE_HOME to a folder on another disk";

function lack({ path, needed, free }: Place, what: string, elsewhere: string | null): string | null {
  if (free === null || free >= needed || needed === 0) return null;
  return `The disk of ${path} has ${prettyBytes(free)} free, but this run needs about ${prettyBytes(needed)} there ` +
    `for its ${what}. Free some space (deno task cache clear, deno task runs rm)${
      elsewhere === null ? "" : `, or ${elsewhere}`
    }.`;
}

/**
 * Checks that the disk of the cache has room for features, whatever is there already.
 * @throws HeadlightError (`TRY_AGAIN`)
 */
export function checkRoomForFeatures(rows: number, width: number): void {
  const path = join(cacheRoot(), "features");
  const needed = segmentBytes(rows, width);
  const problem = lack({ path, needed, free: freeBytes(path) }, "features", ELSEWHERE);
  if (problem !== null) throw new HeadlightError(problem, TRY_AGAIN);
}

/**
 * Checks that the disks of the runs and of the cache have room for a run.
 * @throws HeadlightError (2)
 */
export function checkSpace(
  options: RunOptions,
  network: BaseNetwork | null,
  data: DataSize & { written: number },
): void {
  const paths = { run: options.runs, cache: join(cacheRoot(), "features") };
  const sameDisk = onSameDisk(paths.run, paths.cache);
  const free = { run: freeBytes(paths.run), cache: freeBytes(paths.cache) };
  const size = runSize(options, network, data);
  const problemWith = (rows: number): string | null => {
    const needed = spaceNeeded({ ...size, rows });
    const [run, cache] = (["run", "cache"] as const).map((name) => ({
      path: paths[name],
      needed: needed[name],
      free: free[name],
    }));
    return run && cache ? lackOfRoom(run, cache, sameDisk, data.written > 0) : null;
  };
  if (problemWith(size.rows) === null) return;
  // Counting the features in the cache takes time, so it is done only if it may matter.
  const problem = problemWith(Math.max(0, size.rows - cachedRows(options)));
  if (problem !== null) throw new HeadlightError(problem);
}

function runSize(
  options: RunOptions,
  network: BaseNetwork | null,
  { images, classes, written }: DataSize & { written: number },
): RunSize {
  const { size, epochs, keep, restore_best: keepsBest } = options;
  const base = network ?? networkNameSchema.parse(options.base);
  const { open } = splitNetwork(wholeModel({ ...options, base, classes, inputHeight: size, inputWidth: size }));
  const { total: parameters, trainable } = parameterTotals(describe(open));
  const frozen = network === null ? { rows: 0, width: 0 } : { rows: images, width: network.featureWidth };
  return { ...frozen, parameters, trainable, epochs, keepsBest, keep, written };
}

/**
 * Returns the largest number of images whose features the cache has for such a base. They may be other images: which
 * ones are cached is known only when all have been read.
 */
function cachedRows({ base, size, pooling, precision }: RunOptions): number {
  return mostCachedRows(cacheRoot(), { base: shownBase(base), size, pooling, precision });
}

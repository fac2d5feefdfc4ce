/** Computes feature rows from images. Runs in the extractor process. */
import { setTimeout } from "node:timers/promises";
import { at } from "../at.ts";
import type { ReadImages } from "../data/dataset/dataset.ts";
import type { BaseEngine } from "../engine/engine.ts";
import { HeadlightError, UnusableDataError } from "../errors.ts";
import { useEntry } from "../files/use.ts";
import type { FeatureRows, FrozenBase } from "./base/frozen_base.ts";
import { aboutBase } from "./base/about_base.ts";
import { makeIfMissing } from "./base/graph_base.ts";
import { type BasePlace, openFrozenBase } from "./base/open_base.ts";
import { Claims } from "./rows/claims.ts";
import { DIGEST_BYTES, DigestTable } from "./rows/digest_table.ts";
import type { ExtractionSpec, ImageRequest } from "./job.ts";
import { trimHeap } from "../heap.ts";
import { forgetFiles } from "./found_images.ts";
import { imageName, type ImageReader, openImageReader } from "./image_reader.ts";
import { describeProcessor, type Provenance } from "./rows/provenance.ts";
import type { Reach } from "./rows/reach.ts";
import { recipeHash } from "./rows/recipe.ts";
import { RowFinder } from "./rows/row_finder.ts";
import { RowStore } from "./rows/row_store.ts";
import { OwnSpeed } from "./speeds/own_speed.ts";
import { WorkQueue } from "./work_queue.ts";

/** The interval, in milliseconds, for checking the store while other processes compute the remaining images. */
const OTHERS_POLL_MS = 50;
/** How long all remaining images are computed by others before that is told, in milliseconds. */
const WAITS_QUIETLY_MS = 3000;
/** Small segments are merged each time this many have been written. */
const MERGE_EVERY = 128;

/**
 * Called with the places, in the job, of images whose rows are in the store, and with the name of the segment to which
 * this process has written them; null if another process computed them.
 */
export type OnRows = (images: readonly number[], segment: string | null) => void;

/** Says what happens to a job. */
export interface ExtractListener {
  readonly onRows: OnRows;
  /**
   * Called when for some seconds there has been nothing to do here, with the hosts whose processes compute the
   * remaining images.
   */
  readonly onWait?: (hosts: readonly string[]) => void;
}

/**
 * Puts the rows of all images into the store. All processes of the machine together compute each row once. At most one
 * batch is lost in a crash. The next batches are read while the network computes the current one. The row of a broken
 * image is NaN.
 *
 * @param load loads the engine. Called when it is first needed: not before the graph has been made elsewhere, so that
 * only one process has an engine meanwhile.
 * @param images the images; each content must occur only once
 * @param reach the images that this process and those that follow it may compute, if others compute the rest
 * @throws HeadlightError if an image has changed since it was requested, or features are not finite
 */
export async function extractRows(
  load: () => Promise<BaseEngine>,
  spec: ExtractionSpec,
  images: readonly ImageRequest[],
  place: BasePlace,
  listener: ExtractListener,
  reach: Reach | null = null,
): Promise<void> {
  const store = new RowStore(place.cacheRoot, recipeHash(spec));
  const digests = new DigestTable(images.length);
  for (const { digest } of images) digests.add(digest);
  if (digests.size !== images.length) throw new Error("an image was requested twice");
  const use = await useEntry(store.folder, aboutBase(spec));
  const claims = Claims.open(store.folder, digests, { reach });
  const reader = await openImageReader(spec);
  const ahead = reader.batchesAhead(spec.batchSize);
  const queue = new WorkQueue(new RowFinder(store, digests), claims, {
    parts: images.map(({ part }) => part),
    batchSize: spec.batchSize,
    ahead,
  });
  const work = { load, spec, images, reader, ahead, store, place };
  try {
    await workOff(work, queue, digests, listener);
    store.compact();
  } finally {
    claims.release();
    use.release();
    reader.close();
  }
}

interface Work {
  readonly load: () => Promise<BaseEngine>;
  readonly spec: ExtractionSpec;
  readonly images: readonly ImageRequest[];
  readonly reader: ImageReader;
  /** The number of batches that are read ahead. */
  readonly ahead: number;
  readonly store: RowStore;
  readonly place: BasePlace;
}

interface OpenedBase {
  readonly base: FrozenBase;
  readonly madeOn: Provenance;
}

async function workOff(
  work: Work,
  queue: WorkQueue,
  digests: DigestTable,
  { onRows, onWait = () => {} }: ExtractListener,
): Promise<void> {
  let opened: OpenedBase | undefined;
  let written = 0;
  const speed = new OwnSpeed(work.spec);
  const taken: { readonly batch: readonly number[]; readonly reading: Promise<ReadImages> }[] = [];
  let idleSinceMs: number | null = null;
  let isTold = false;
  const takeMore = async () => {
    while (taken.length < work.ahead && !queue.isEmpty) {
      const { batch, found } = await queue.take();
      if (found.length > 0) onRows(found, null);
      if (batch.length === 0) return;
      taken.push({ batch, reading: read(work, batch) });
    }
  };
  try {
    await takeMore();
    while (taken.length > 0 || !queue.isEmpty) {
      const current = taken.shift();
      if (!current) {
        idleSinceMs ??= performance.now();
        if (!isTold && queue.waitsFor.length > 0 && performance.now() - idleSinceMs >= WAITS_QUIETLY_MS) {
          isTold = true;
          onWait(queue.waitsFor);
        }
        await setTimeout(OTHERS_POLL_MS);
        await takeMore();
        continue;
      }
      idleSinceMs = null;
      isTold = false;
      const { batch, reading } = current;
      const images = await reading;
      await takeMore();
      const { base, madeOn } = opened ??= await openAndTrim(work, images);
      const rows = await speed.time(batch.length, () => compute(base, work, batch, images));
      onRows(batch, work.store.write(madeOn, joinDigests(digests, batch), rows));
      if (++written % MERGE_EVERY === 0) work.store.compact();
    }
    speed.keep(work.place.cacheRoot);
  } finally {
    opened?.base.dispose();
  }
}

/**
 * Loads the engine and opens the base, after another process has made its graph if that is missing. Gives back what
 * TensorFlow needed only for that: 270 MB of 660 with DenseNet121.
 */
async function openAndTrim({ load, spec, place }: Work, images: ReadImages): Promise<OpenedBase> {
  const { makeGraph } = place;
  const tried = makeGraph ? await makeIfMissing(makeGraph, spec, images, place) : false;
  const engine = await load();
  const base = await openFrozenBase(engine, spec, images, { ...place, makeGraph: tried ? undefined : makeGraph });
  trimHeap();
  const processor = describeProcessor(engine.capabilities, engine.deviceName);
  return { base, madeOn: base.rounding === null ? processor : { ...processor, bfloat16: base.rounding } };
}

/** Reads images of one part and checks that they have not changed since they were requested. */
function read({ reader, images, spec, place: { cacheRoot } }: Work, batch: readonly number[]): Promise<ReadImages> {
  const reading = reader.pick(batch.map((position) => at(images, position))).then((read) => {
    const changed = batch.find((position, place) => at(read.digests, place) !== at(images, position).digest);
    if (changed === undefined) return read;
    forgetFiles(spec, cacheRoot);
    const name = imageName(at(images, changed));
    throw new HeadlightError(`${name} has changed since the run was set up. Start a new run`, 1);
  });
  // The caller handles the error when it awaits `reading`; this only prevents an unhandled rejection.
  reading.catch(() => {});
  return reading;
}

async function compute(
  base: FrozenBase,
  work: Work,
  batch: readonly number[],
  images: ReadImages,
): Promise<FeatureRows> {
  const rows = await base.features(images);
  const { features, width } = rows;
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const name = imageName(at(work.images, at(batch, Math.floor(bad / width))));
    throw new UnusableDataError(
      `${name}: its features are not finite, so the weights in ${work.spec.weights.path} are damaged. ` +
        "Name another file with --weights",
    );
  }
  const places = new Map(batch.map((position, place) => [at(work.images, position).index, place]));
  for (const { index } of images.broken) {
    const place = places.get(index);
    if (place === undefined) throw new RangeError(`image ${index} is not in the batch`);
    // The base has computed features from the zeros that replace a broken image.
    features.fill(NaN, place * width, (place + 1) * width);
  }
  return rows;
}

function joinDigests(digests: DigestTable, batch: readonly number[]): Uint8Array {
  const joined = new Uint8Array(batch.length * DIGEST_BYTES);
  batch.forEach((position, place) => joined.set(digests.bytes(position), place * DIGEST_BYTES));
  return joined;
}

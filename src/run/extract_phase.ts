/**
 * The extract phase of a run: gets the features of the training and the validation set, from the cache or from the
 * extractor process.
 */
import { join } from "node:path";
import { count } from "../counted.ts";
import { FeatureAssembly } from "../features/assembly.ts";
import type { FeatureBatch, ImagesOf, Part } from "../features/rows/feature_set.ts";
import type { Provenance } from "../features/rows/provenance.ts";
import { precisionWords, type Rounding, roundingText } from "../features/base/rounding.ts";
import { aboutBase } from "../features/base/about_base.ts";
import { type ExtractionPlan, features } from "../features/extraction.ts";
import { nameOfBase } from "../model/base_network.ts";
import { waitText } from "../features/wait_text.ts";
import { segmentBytes } from "../features/rows/segment.ts";
import { tryRoom } from "../files/room.ts";
import { useEntry } from "../files/use.ts";
import type { Control } from "../training/control.ts";
import { BrokenImages } from "./broken_images.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { sayNotices, sharedNotice } from "./notices.ts";
import { NotSavedError, type Room } from "./room.ts";
import { stripControl } from "../text.ts";

export interface ExtractServices {
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly control: Control;
  readonly room: Room;
  /** The number of values of each row. */
  readonly width: number;
  /** The size from which rows are not copied but mapped from the store, where they can be. */
  readonly mappedFromBytes: number;
  /** Called with each batch of features. */
  readonly onBatch: () => void;
}

/** The features for training, and the images that they belong to. */
export interface ExtractedData {
  readonly train: ImagesOf;
  readonly validation: ImagesOf;
  /** The machines and settings that computed the rows (`describeProcessor`). */
  readonly madeOn: readonly Provenance[];
}

/**
 * Returns the features of the training and the validation set, or null if the run was stopped first. A pause ends the
 * extractor, which loses at most the current batch; everything else is in the cache when the run resumes. Images that
 * cannot be decoded are named in the log and left out. Files that are in both sets are named too.
 *
 * @param maxBroken the share of the images that may be broken
 * @throws HeadlightError (1) if more images are broken, or a class has none left
 */
export async function extractPhase(
  plan: ExtractionPlan,
  maxBroken: number,
  services: ExtractServices,
): Promise<ExtractedData | null> {
  const { control, journal } = services;
  const broken = new BrokenImages(plan.dataset.train.count + plan.dataset.validation.count, maxBroken, journal);
  const computed = new ComputedHere(plan.dataset);
  const precision = new SaidPrecision(nameOfBase(plan.spec.base), services);
  const passes: Passes = { broken, computed, precision, furthest: 0 };
  while (control.stop === null) {
    if (control.paused) await waitWhilePaused(control, journal);
    else {
      const data = await collect(plan, passes, services);
      if (!data) continue;
      sayNotices([broken.notice(), sharedNotice(plan.dataset)], services);
      return data;
    }
  }
  return null;
}

/** Says that the run is paused, and waits until it is resumed or stopped. */
export async function waitWhilePaused(control: Control, journal: Journal): Promise<void> {
  journal.catchUp();
  journal.say({ type: "control", state: "paused" });
  while (control.paused && control.stop === null) await control.changed();
  if (control.stop === null) journal.say({ type: "control", state: "resumed" });
}

/** The images whose features this run computed itself. After a pause their features come from the cache too. */
class ComputedHere {
  /** 1 for each image that was computed here. */
  readonly #places: Readonly<Record<Part, Uint8Array>>;

  constructor({ train, validation }: ExtractionPlan["dataset"]) {
    this.#places = { train: new Uint8Array(train.count), validation: new Uint8Array(validation.count) };
  }

  /** Adds a batch. Returns how many of its images were in the cache before this run. */
  note({ part, indices, cached }: Pick<FeatureBatch, "part" | "indices" | "cached">): number {
    const places = this.#places[part];
    if (cached) return indices.filter((index) => places[index] === 0).length;
    for (const index of indices) places[index] = 1;
    return 0;
  }
}

/** Says once how a base is computed for which bfloat16 was requested, as soon as the first features show it. */
class SaidPrecision {
  readonly #said = new Set<string>();

  constructor(
    private readonly base: string,
    private readonly services: Pick<ExtractServices, "journal" | "ledger">,
  ) {}

  /** Rows of one run may come from several machines whose measurements differ, so it may say more than one. */
  note(madeOn: readonly Provenance[]): void {
    for (const { bfloat16 } of madeOn) {
      if (bfloat16 && !this.#said.has(JSON.stringify(bfloat16))) this.#say(bfloat16);
    }
  }

  #say(rounding: Rounding): void {
    this.#said.add(JSON.stringify(rounding));
    const { text, differs } = roundingText(stripControl(this.base), rounding);
    const { share, error } = rounding;
    const { journal } = this.services;
    journal.say({ type: "rounding", words: precisionWords(rounding), share, error, notice: differs ? text : null });
    if (differs) sayNotices([text], this.services);
    else journal.say({ type: "log", level: "info", text });
  }
}

/** State that is kept across pauses. */
interface Passes {
  readonly broken: BrokenImages;
  readonly computed: ComputedHere;
  readonly precision: SaidPrecision;
  /**
   * The largest number of images that a pass has reported. A pass after a pause reports nothing before it gets there.
   */
  furthest: number;
}

/** Makes one pass over all images. Returns null if a stop or a pause interrupted it. */
async function collect(
  plan: ExtractionPlan,
  passes: Passes,
  { control, journal, room, width, mappedFromBytes, onBatch }: ExtractServices,
): Promise<ExtractedData | null> {
  const { dataset } = plan;
  const { broken, computed, precision } = passes;
  const cut = new AbortController();
  const watch = (async () => {
    while (!cut.signal.aborted && control.stop === null && !control.paused) await control.changed();
    cut.abort();
  })();
  const total = dataset.train.count + dataset.validation.count;
  // Until the rows are mapped, `cache clear` keeps them.
  const use = plan.images ? await useEntry(plan.images.rows.folder, aboutBase(plan.spec)) : null;
  const assembly = new FeatureAssembly(dataset, plan.images, mappedFromBytes);
  let done = 0;
  let cached = 0;
  let ready = 0;
  /** Images without features, and how many of these the cache already named. */
  const without = { all: 0, cached: 0 };
  try {
    const onLost = () =>
      journal.say({ type: "log", level: "warn", text: "The extractor process exited unexpectedly. Restarting it." });
    const onWait = (hosts: readonly string[]) => journal.say({ type: "log", level: "info", text: waitText(hosts) });
    const onNoRoom = (images: number) => roomForFeatures(plan, segmentBytes(images, width), room);
    for await (
      const batch of features(plan, {
        signal: cut.signal,
        onLost,
        onNoRoom,
        onWait,
        onRead: () => journal.catchUp(),
      })
    ) {
      broken.add(batch.broken);
      assembly.add(batch);
      precision.note(batch.madeOn);
      onBatch();
      done += batch.indices.length;
      cached += computed.note(batch);
      without.all += batch.broken.length;
      without.cached += computed.note({ ...batch, indices: batch.broken.map(({ index }) => index) });
      if (batch.cached) ready += batch.indices.length;
      if (done >= passes.furthest) {
        passes.furthest = done;
        journal.progress({ phase: "extract", done, total, unit: "images", cached }, done - ready);
      }
      await room.settle();
    }
    if (done < total) return null;
    const text = cachedText(cached - without.cached, total - without.all, total);
    if (text !== null) journal.say({ type: "log", level: "info", text });
    broken.requireFew();
    assembly.requireClasses();
    return { ...await assembly.finish(), madeOn: assembly.madeOn };
  } finally {
    use?.release();
    cut.abort();
    control.wake();
    await watch;
  }
}

/**
 * Says how many features were already in the cache. Returns null if there were none.
 * @param decodable the number of images that have features
 */
export function cachedText(cached: number, decodable: number, total: number): string | null {
  if (cached === 0) return null;
  const which = cached === decodable ? `all ${count(decodable)}` : `${count(cached)} of ${count(decodable)}`;
  const images = decodable === total ? "images" : "images that can be decoded";
  return `The features of ${which} ${images} were already in the cache.`;
}

/** Waits until the disk of the cache has room, or until the run is stopped. The features so far stay in the cache. */
async function roomForFeatures({ cacheRoot }: ExtractionPlan, bytes: number, room: Room): Promise<void> {
  const folder = join(cacheRoot, "features");
  try {
    await room.write(() => bytes, () => tryRoom(folder, bytes), folder);
  } catch (error) {
    if (!(error instanceof NotSavedError)) throw error;
  }
}

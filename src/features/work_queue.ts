/**
 * The queue of images that an extractor still has to compute, in batches, coordinated with other extractors that share
 * the cache.
 */
import { at } from "../at.ts";
import type { Claims, OthersClaims } from "./rows/claims.ts";
import type { Part } from "./rows/feature_set.ts";
import type { RowFinder } from "./rows/row_finder.ts";

/**
 * How long to wait, in milliseconds, for another process that delivers no new rows. After that its images are computed
 * here too.
 */
const PATIENCE_MS = 60_000;

/**
 * How long the store is not looked at, in milliseconds, while nobody else claims any of these images. Where a thousand
 * processes write to it, looking takes longer than computing a batch.
 */
const QUIET_MS = 5000;

/** How often a process gives way to others that choose at the same time, before it computes what they compute. */
const MOST_COLLISIONS = 5;

export interface QueueOptions {
  /** The part of each image, in the order of the table of digests. */
  readonly parts: readonly Part[];
  readonly batchSize: number;
  /** The number of batches that are taken before the first of them is done. Default: 1. */
  readonly ahead?: number;
  /** A monotonic clock, in milliseconds. */
  readonly nowMs?: () => number;
}

export interface Taken {
  /** Images of one part to compute here, at most a batch. Empty if other processes are computing all that remain. */
  readonly batch: readonly number[];
  /** Images whose rows other processes have added to the store. */
  readonly found: readonly number[];
}

export class WorkQueue {
  /** The images that were neither taken nor found, in order. */
  readonly #left: Set<number>;
  /** The batches that may not be done yet. */
  #underWay: (readonly number[])[] = [];
  /** The time since which there has been nothing to take and nothing new; null otherwise. */
  #idleSinceMs: number | null = null;
  #waitsFor: readonly string[] = [];
  /** When the store was last looked at. */
  #lookedMs = -Infinity;
  /** Whether nobody else claimed any of these images then. */
  #wasAlone = false;
  readonly #nowMs: () => number;

  /** @param finder one that only this queue uses, and that was not refreshed before */
  constructor(
    private readonly finder: RowFinder,
    private readonly claims: Claims,
    private readonly options: QueueOptions,
  ) {
    this.#left = new Set(options.parts.keys());
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** Whether every image was taken or found. */
  get isEmpty(): boolean {
    return this.#left.size === 0;
  }

  /** The hosts whose processes compute all that remain; empty if the last `take` found something to do here. */
  get waitsFor(): readonly string[] {
    return this.#waitsFor;
  }

  /** Takes the next batch. The last `ahead` batches before it stay claimed, and those before them count as done. */
  take(): Promise<Taken> {
    return this.claims.inTurn(() => {
      // Before the rows: what another process no longer claims is there then, even where no lock keeps it from going
      // on.
      const others = this.claims.ofOthers();
      // Only what is new is looked at: with a fast base, looking at all images for each batch would take longer than
      // computing it.
      const found = this.#look(others).filter((position) => this.#left.delete(position)).sort((one, other) =>
        one - other
      );
      const batch = this.#claim(others);
      if (found.length > 0 || batch.length > 0) this.#idleSinceMs = null;
      else this.#idleSinceMs ??= this.#nowMs();
      for (const position of batch) this.#left.delete(position);
      this.#underWay = [...this.#underWay, batch].slice(-(this.options.ahead ?? 1));
      this.#waitsFor = batch.length > 0 || this.isEmpty ? [] : [...others.hosts];
      return { batch, found };
    });
  }

  /** Returns the positions of new rows. Does not look if there can hardly be any. */
  #look({ positions }: OthersClaims): number[] {
    const nowMs = this.#nowMs();
    const isAlone = positions.size === 0;
    if (isAlone && this.#wasAlone && nowMs - this.#lookedMs < QUIET_MS) return [];
    this.#lookedMs = nowMs;
    this.#wasAlone = isAlone;
    return this.finder.refresh();
  }

  /**
   * Chooses a batch and claims it. Where no lock keeps another process from choosing at the same time, the one with the
   * later name gives way.
   */
  #claim(others: OthersClaims): number[] {
    if (!this.#isPatient()) return this.#said(this.#choose(new Set()));
    let batch = this.#said(this.#choose(others.positions));
    for (let tries = 0; others.mayCollide && tries < MOST_COLLISIONS; tries++) {
      const { positions } = this.claims.ofOthers(true);
      if (!batch.some((position) => positions.has(position))) break;
      batch = this.#said(this.#choose(this.claims.ofOthers().positions));
    }
    return batch;
  }

  #said(batch: number[]): number[] {
    this.claims.say([...this.#underWay.flat(), ...batch]);
    return batch;
  }

  #isPatient(): boolean {
    return this.#idleSinceMs === null || this.#nowMs() - this.#idleSinceMs < PATIENCE_MS;
  }

  /** Returns the first unclaimed image and the following ones of the same part. */
  #choose(taken: ReadonlySet<number>): number[] {
    const { parts, batchSize } = this.options;
    const batch: number[] = [];
    let part: Part | null = null;
    for (const position of this.#left) {
      if (taken.has(position)) continue;
      part ??= at(parts, position);
      if (at(parts, position) !== part) break;
      batch.push(position);
      if (batch.length === batchSize) break;
    }
    return batch;
  }
}

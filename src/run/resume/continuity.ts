/** Watches that a resumed run goes on with what it was begun with. */
import { NO_SUMS, type TrainingSnapshot } from "../../training/snapshot.ts";
import type { StoredCheckpoint } from "../checkpoints/checkpoint_store.ts";
import type { SoundCheckpoint } from "../checkpoints/newest_checkpoint.ts";
import type { RunDirectory } from "../folder/directory.ts";
import type { RunChange } from "../folder/run_config.ts";
import { changeNotice, refuseDifferences } from "./changes.ts";
import { followsFrom, forgottenAfter, type Recomputed } from "./following.ts";
import { changeAt, type Restored, weightsIn } from "./restore.ts";
import type { Difference } from "./words.ts";

/** Changes after which the batches of an epoch are others. */
const OTHER_BATCHES: readonly string[] = [
  "data",
  "validation_split",
  "max_broken",
  "batch",
  "shuffle_together",
  "seed",
];

export class Continuity {
  readonly #changes: RunChange[];
  /** The names of what changes now. */
  readonly #now: string[];

  /** @param restored null for a run that begins; nothing is compared then */
  constructor(private readonly run: Pick<RunDirectory, "id" | "path">, private readonly restored: Restored | null) {
    this.#changes = [...restored?.config.changes ?? []];
    this.#now = restored?.changes.map(({ name }) => name) ?? [];
  }

  /** Everything that has ever changed, as config.json keeps it. */
  get noted(): { changes?: RunChange[] } {
    return this.#changes.length === 0 ? {} : { changes: [...this.#changes] };
  }

  /** What follows from the changes, and is not known until it is computed anew. */
  get forgotten(): Recomputed[] {
    return forgottenAfter(this.#now);
  }

  /** The notices of all changes that were allowed. */
  get notices(): string[] {
    return this.#changes.map(changeNotice).filter((notice) => notice !== null);
  }

  /** Whether a run goes on with the data and the network that it was begun with, because nothing else is allowed. */
  get isUnchanged(): boolean {
    return this.restored !== null && this.restored.allowed.length === 0 && this.notices.length === 0;
  }

  /**
   * Returns the state to go on from, or null. If the batches of an epoch are others now, an epoch that was begun cannot
   * be finished: it begins again with the weights of its last step.
   */
  snapshot(): TrainingSnapshot | null {
    const checkpoint = this.restored?.checkpoint ?? null;
    if (checkpoint === null) return null;
    const { snapshot } = checkpoint;
    return this.beginsAgain(checkpoint) ? { ...snapshot, step: 0, sums: NO_SUMS, beginsAgain: true } : snapshot;
  }

  /** Returns the checkpoint that holds the state to go on from, as the checkpoint store knows it. */
  stored(): StoredCheckpoint | null {
    const checkpoint = this.restored?.checkpoint ?? null;
    if (checkpoint === null) return null;
    // Otherwise the state after as many batches of the epoch that begins again would count as saved already.
    return this.beginsAgain(checkpoint) ? { ...checkpoint.stored, step: 0 } : checkpoint.stored;
  }

  /** Whether the epoch in the middle of which a checkpoint was saved begins again. */
  private beginsAgain(checkpoint: SoundCheckpoint): boolean {
    const weights = weightsIn(checkpoint);
    return checkpoint.snapshot.step > 0 &&
      this.#changes.some((change) => change.weights === weights && OTHER_BATCHES.includes(change.name));
  }

  /**
   * Notes differences that are allowed, except those that follow from others that are noted.
   * @returns the notices of those that are new
   * @throws DifferenceError (2) that names one that is not allowed
   */
  check(differences: readonly Difference[]): string[] {
    if (this.restored === null) return [];
    const own = differences.filter(({ name }) =>
      !followsFrom(name, [...this.#now, ...differences.map((other) => other.name).filter((other) => other !== name)])
    );
    refuseDifferences(this.run, own, this.restored.allowed);
    const { checkpoint } = this.restored;
    const now = new Date();
    const changes = own.map((difference) => changeAt(difference, checkpoint, now));
    this.#changes.push(...changes);
    this.#now.push(...own.map(({ name }) => name));
    return changes.map(changeNotice).filter((notice) => notice !== null);
  }
}

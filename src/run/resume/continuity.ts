/** Watches that a resumed run goes on with what it was begun with. */
import { NO_SUMS, type TrainingSnapshot } from "../../training/snapshot.ts";
import type { StoredCheckpoint } from "../checkpoints/checkpoint_store.ts";
import type { SoundCheckpoint } from "../checkpoints/newest_checkpoint.ts";
import type { RunChange } from "../folder/run_config.ts";
import { changeNotice, type Difference, refuseDifferences } from "./changes.ts";
import { changeAt, type Restored, weightsIn } from "./restore.ts";

/** Changes after which the batches of an epoch are others. */
const OTHER_BATCHES: readonly string[] = ["data", "validation_split", "max_broken", "batch", "seed"];

export class Continuity {
  readonly #changes: RunChange[];

  /** @param restored null for a run that begins; nothing is compared then */
  constructor(private readonly run: string, private readonly restored: Restored | null) {
    this.#changes = [...restored?.config.changes ?? []];
  }

  /** Everything that has ever changed, as config.json keeps it. */
  get noted(): { changes?: RunChange[] } {
    return this.#changes.length === 0 ? {} : { changes: [...this.#changes] };
  }

  /** The notices of all changes that were allowed. */
  get notices(): string[] {
    return this.#changes.map(changeNotice).filter((notice) => notice !== null);
  }

  /**
   * Returns the state to go on from, or null. If the batches of an epoch are others now, an epoch that was begun cannot
   * be finished: it begins again with the weights of its last step.
   */
  snapshot(): TrainingSnapshot | null {
    const checkpoint = this.restored?.checkpoint ?? null;
    if (checkpoint === null) return null;
    const { snapshot } = checkpoint;
    return this.beginsAgain(checkpoint) ? { ...snapshot, step: 0, sums: NO_SUMS } : snapshot;
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
   * Notes differences that are allowed.
   * @returns the notices of those that are new
   * @throws HeadlightError (2) that names one that is not allowed
   */
  check(differences: readonly Difference[]): string[] {
    if (this.restored === null) return [];
    refuseDifferences(this.run, differences, this.restored.allowed);
    const { checkpoint } = this.restored;
    const now = new Date();
    const changes = differences.map((difference) => changeAt(difference, checkpoint, now));
    this.#changes.push(...changes);
    return changes.map(changeNotice).filter((notice) => notice !== null);
  }
}

/** Watches that a resumed run goes on with what it was begun with. */
import { NO_SUMS, type TrainingSnapshot } from "../../training/snapshot.ts";
import type { RunChange } from "../folder/run_config.ts";
import { changeNotice, type Difference, refuseDifferences } from "./changes.ts";
import { placeOf, type Restored } from "./restore.ts";

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
    const snapshot = this.restored?.checkpoint?.snapshot ?? null;
    if (snapshot === null || snapshot.step === 0) return snapshot;
    const { epoch, step } = snapshot;
    const changed = this.#changes.some((change) =>
      change.epoch === epoch && change.step === step && OTHER_BATCHES.includes(change.name)
    );
    return changed ? { ...snapshot, step: 0, sums: NO_SUMS } : snapshot;
  }

  /**
   * Notes differences that are allowed.
   * @returns the notices of those that are new
   * @throws HeadlightError (2) that names one that is not allowed
   */
  check(differences: readonly Difference[]): string[] {
    if (this.restored === null) return [];
    refuseDifferences(this.run, differences, this.restored.allowed);
    const { epoch, step } = placeOf(this.restored.checkpoint);
    const time = new Date().toISOString();
    const changes = differences.map((difference) => ({ ...difference, time, epoch, step }));
    this.#changes.push(...changes);
    return changes.map(changeNotice).filter((notice) => notice !== null);
  }
}

/**
 * Writes a run's checkpoints: each is written to a temporary folder, synced and renamed. `best` and `last` are symbolic
 * links. The checkpoint before `last` is kept too, in case that the newest one is damaged. All others are deleted,
 * unless a person requested them, or they are among those with the best figure (`--keep`).
 */
import { basename, join } from "node:path";
import { existsSync } from "node:fs";
import { removeFolderSync, swapSymlinkSync } from "../../files/atomic.ts";
import { folderSize } from "../../files/folder_size.ts";
import {
  checkpointName,
  checkpointNames,
  KEPT_MARK,
  linkedName,
  markKept,
  newestFirst,
  placeIn,
} from "./checkpoint_names.ts";
import { epochsIn, type History } from "../../training/history.ts";
import type { TrainingSnapshot } from "../../training/snapshot.ts";
import { checkpointFiles } from "./checkpoint_format.ts";
import { bestNames, KEEP_NONE, type Keeping } from "./keeping.ts";
import { networkFiles, type TrainedNetwork } from "./network_format.ts";
import type { HeadOrigin } from "./head_origin.ts";
import { sealedBytes, writeSealedFolder } from "./sealed_folder.ts";

export interface StoredCheckpoint {
  readonly path: string;
  readonly epoch: number;
  readonly step: number;
  readonly bytes: number;
}

/** The network with the restored weights of early stopping's reference, and their epoch, counted from 1. */
export interface RestoredNetwork extends TrainedNetwork {
  readonly epoch: number;
}

export class CheckpointStore {
  #best: string | null;
  #last: string | null;
  /** The checkpoint that was `last` before. */
  #lastBefore: string | null;
  #kept: readonly string[] = [];
  /** The checkpoints of this process by place. Each state is written once, however many links point to it. */
  readonly #written = new Map<string, StoredCheckpoint>();

  /**
   * @param restored the checkpoint that a resumed run goes on from; it counts as written, and as the one before the
   * next `last`
   * @param keeping which other checkpoints are kept for their figure
   */
  constructor(
    private readonly folder: string,
    private readonly origin: HeadOrigin,
    restored: StoredCheckpoint | null = null,
    private readonly keeping: Keeping = KEEP_NONE,
  ) {
    this.#best = linkedName(join(folder, "best"));
    this.#last = restored ? basename(restored.path) : linkedName(join(folder, "last"));
    const names = newestFirst(checkpointNames(folder));
    this.#lastBefore = names[names.indexOf(this.#last ?? "") + 1] ?? null;
    if (restored) this.#written.set(checkpointName(restored.epoch, restored.step), restored);
  }

  /** The checkpoints that are there for their figure only, the best one first; null if none are to be kept. */
  get kept(): readonly Omit<StoredCheckpoint, "step">[] | null {
    if (this.keeping.count === 0) return null;
    const written = [...this.#written.values()];
    return this.#kept.map((name) => {
      const path = join(this.folder, name);
      const bytes = written.find((one) => one.path === path)?.bytes ?? folderSize(path);
      return { path, epoch: placeIn(name)[0], bytes };
    });
  }

  /** Whether a checkpoint at the end of the newest epoch would be kept for its figure. */
  wouldKeep(history: History): boolean {
    if (this.keeping.count === 0) return false;
    const newest = checkpointName(epochsIn(history), 0);
    return bestNames([...this.#free(), newest], history, this.keeping).includes(newest);
  }

  /**
   * Saves a snapshot. `best` moves both links, `last` only its own. Checkpoints that are no longer needed are deleted.
   */
  save(snapshot: TrainingSnapshot, kind: "best" | "last" | "manual"): StoredCheckpoint {
    const wanted = checkpointName(snapshot.epoch, snapshot.step);
    const known = this.#written.get(wanted);
    const stored = known ?? this.#write(snapshot, this.#freeName(wanted));
    this.#written.set(wanted, stored);
    const name = basename(stored.path);
    if (kind === "manual") markKept(stored.path);
    else {
      // The best weights are the current weights at this moment, so `last` can point to them too.
      swapSymlinkSync(name, join(this.folder, "last"));
      if (name !== this.#last) this.#lastBefore = this.#last;
      this.#last = name;
      if (kind === "best") {
        swapSymlinkSync(name, join(this.folder, "best"));
        this.#best = name;
      }
    }
    this.#prune(snapshot.history);
    return stored;
  }

  /** Whether this process has written the state of this snapshot already, or goes on from it. */
  has({ epoch, step }: Pick<TrainingSnapshot, "epoch" | "step">): boolean {
    return this.#written.has(checkpointName(epoch, step));
  }

  /** Returns the size of a snapshot's files. */
  bytesOf(snapshot: TrainingSnapshot): number {
    return sealedBytes(snapshot, this.origin, checkpointFiles(snapshot));
  }

  /** Returns the size of the files that `saveFinal` writes. */
  finalBytes(network: RestoredNetwork): number {
    return sealedBytes({ epoch: network.epoch, step: 0 }, this.origin, networkFiles(network));
  }

  /**
   * Writes the network with the weights of early stopping's reference, as a model of its own that cannot be trained
   * further. Replaces an existing one.
   */
  saveFinal(network: RestoredNetwork, path: string): void {
    removeFolderSync(path);
    writeSealedFolder(path, { epoch: network.epoch, step: 0 }, this.origin, networkFiles(network));
  }

  #write(snapshot: TrainingSnapshot, name: string): StoredCheckpoint {
    const path = join(this.folder, name);
    // Not recursive: the folder of a run that was removed must not be created again.
    if (!existsSync(this.folder)) Deno.mkdirSync(this.folder);
    const bytes = writeSealedFolder(path, snapshot, this.origin, checkpointFiles(snapshot));
    return { path, epoch: snapshot.epoch, step: snapshot.step, bytes };
  }

  #freeName(wanted: string): string {
    for (let attempt = 1;; attempt++) {
      const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
      if (!existsSync(join(this.folder, name))) return name;
    }
  }

  /** Returns the names of the checkpoints that only their figure can save from being deleted. */
  #free(): string[] {
    const linked = [this.#best, this.#last, this.#lastBefore];
    return checkpointNames(this.folder)
      .filter((name) => !linked.includes(name) && !existsSync(join(this.folder, name, KEPT_MARK)));
  }

  #prune(history: History): void {
    const free = this.#free();
    this.#kept = bestNames(free, history, this.keeping);
    for (const name of free) {
      if (this.#kept.includes(name)) continue;
      removeFolderSync(join(this.folder, name));
      for (const [key, { path }] of this.#written) if (basename(path) === name) this.#written.delete(key);
    }
  }
}

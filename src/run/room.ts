/**
 * Writes files for which the disk may have no room. The run then pauses with its state in memory, says what it waits
 * for, and goes on by itself.
 */
import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { type DiskNeed, diskText } from "../disk.ts";
import { HeadlightError, TRY_AGAIN } from "../errors.ts";
import { diskProblem, freeBytes } from "../files/room.ts";
import { shellWord } from "../shell.ts";
import { stripControl } from "../text.ts";
import type { Control } from "../training/control.ts";
import { linkedName } from "./checkpoints/checkpoint_names.ts";
import type { RunDirectory } from "./folder/directory.ts";
import type { Journal } from "./journal.ts";

/** How long a run waits if nobody is there to make room, in milliseconds. */
const ALONE_FOR_MS = 60_000;
/** The interval between two attempts, in milliseconds. */
const TRY_EVERY_MS = 1000;
/** The interval between two attempts if the file system says that there is less room than needed, in milliseconds. */
const TRY_ANYWAY_EVERY_MS = 10_000;
/** Less room than this is not worth going on for: the next lines of the log would not fit. */
const LEAST_BYTES = 64 * 1024;

/** A run was stopped while it waited for room. The message says what is not saved. */
export class NotSavedError extends Error {}

export interface RoomOptions {
  readonly run: Pick<RunDirectory, "path" | "checkpoints">;
  readonly journal: Pick<Journal, "say" | "catchUp" | "flush" | "unwrittenBytes">;
  readonly control: Control;
  /** Whether somebody is there who may make room. */
  readonly isAttended: () => boolean;
  /** How long the run waits alone, in milliseconds. */
  readonly aloneForMs?: number | undefined;
  /** A monotonic clock, in milliseconds. */
  readonly nowMs?: () => number;
  /** Waits, and returns early if the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly free?: (path: string) => number | null;
}

/** A wait for room. */
interface Wait {
  readonly need: DiskNeed;
  readonly sinceMs: number;
  /** When somebody was there last, or the beginning of the wait. */
  attendedMs: number;
}

export class Room {
  readonly #options: Required<RoomOptions> & { readonly aloneForMs: number };
  #need: DiskNeed | null = null;
  #waitedMs = 0;
  /** Whether the run ends because nobody was there. Nothing waits from then on. */
  #gaveUp = false;

  constructor(options: RoomOptions) {
    this.#options = {
      nowMs: () => performance.now(),
      sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
      free: freeBytes,
      ...options,
      aloneForMs: options.aloneForMs ?? ALONE_FOR_MS,
    };
  }

  /** What the run waits for now, or null. */
  get need(): DiskNeed | null {
    return this.#need;
  }

  /** The total time of finished waits, in milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /**
   * Calls `write` until the disk has room for it. `write` must be able to start over, or to go on, after it failed.
   * @param bytes returns how much room is needed; called only if there is not enough
   * @param folder where the room is needed; default: the run's folder
   * @throws NotSavedError if the run is stopped meanwhile; HeadlightError (75) if nobody is there to make room; any
   * error of `write` that is not about room
   */
  async write<T>(bytes: () => number, write: () => T, folder = this.#options.run.path): Promise<T> {
    let wait: Wait | null = null;
    try {
      for (;;) {
        try {
          const result = write();
          if (wait !== null) this.#goOn(wait);
          return result;
        } catch (error) {
          const problem = diskProblem(error);
          if (problem === null) throw error;
          wait ??= this.#begin(folder, bytes(), problem);
          await this.#untilWorthTrying(wait);
        }
      }
    } finally {
      this.#need = null;
    }
  }

  /** Waits until the log has all events so far. Does nothing if it has. @throws as `write` */
  async settle(): Promise<void> {
    const { journal } = this.#options;
    if (journal.unwrittenBytes > 0) await this.write(() => journal.unwrittenBytes, () => journal.flush());
  }

  #begin(path: string, bytes: number, problem: DiskNeed["problem"]): Wait {
    const { journal, control, free, nowMs } = this.#options;
    const need = { problem, path, needed_bytes: Math.max(LEAST_BYTES, bytes), free_bytes: free(path) };
    if (control.stop === null && !this.#gaveUp) {
      this.#need = need;
      journal.catchUp();
      journal.say({ type: "control", state: "paused", disk: need });
    }
    return { need, sinceMs: nowMs(), attendedMs: nowMs() };
  }

  #goOn({ sinceMs }: Wait): void {
    const { journal, control, nowMs } = this.#options;
    this.#waitedMs += nowMs() - sinceMs;
    journal.say({ type: "control", state: control.paused ? "paused" : "resumed" });
  }

  /** Waits until another attempt is worth it. @throws NotSavedError, HeadlightError */
  async #untilWorthTrying(wait: Wait): Promise<void> {
    const { control, isAttended, aloneForMs, nowMs, sleep, free } = this.#options;
    const { path, needed_bytes: needed } = wait.need;
    const triedMs = nowMs();
    do {
      if (control.stop) throw new NotSavedError(this.#notSaved(wait.need));
      if (isAttended()) wait.attendedMs = nowMs();
      this.#gaveUp ||= nowMs() - wait.attendedMs >= aloneForMs;
      if (this.#gaveUp) throw new HeadlightError(this.#alone(wait.need), TRY_AGAIN);
      await sleep(TRY_EVERY_MS, control.stopped);
    } while (nowMs() - triedMs < TRY_ANYWAY_EVERY_MS && (free(path) ?? Infinity) < needed);
  }

  #notSaved(need: DiskNeed): string {
    const last = linkedName(join(this.#options.run.checkpoints, "last"));
    const saved = last === null ? "there is no checkpoint" : `what came after checkpoint ${last} is not saved`;
    return stripControl(`Stopped without room on the disk, so ${saved} (${diskText(need)})`);
  }

  #alone(need: DiskNeed): string {
    const { run, aloneForMs } = this.#options;
    return `${diskText(need)}. Nobody was there to make room within ${aloneForMs / 1000} s. ` +
      `Make room, then go on with: deno task train --resume ${shellWord(run.path)}`;
  }
}

/** Watches a folder for new images, for `predict --watch`. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { listFiles } from "../data/images/listing.ts";
import { isGone, systemReason } from "../files/system_error.ts";
import { HeadlightError } from "../errors.ts";

/** The properties of a file that change when it is written or replaced. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** How long a file must stay unchanged before it counts as complete, in milliseconds. */
const SETTLED_MS = 1000;
/**
 * How long a file that cannot be decoded must stay unchanged before it counts as broken, in milliseconds. It is longer,
 * because an upload may have stalled.
 */
const BROKEN_MS = 10_000;

interface Known {
  readonly state: FileState;
  /** When the file was first seen in this state. Not its own time, because another host's clock may differ. */
  readonly sinceMs: number;
  /** From when on `take` returns the file; Infinity after it was returned. */
  takenFromMs: number;
}

/** Decides which files are complete, from the states in which they were seen. Pure, apart from what it remembers. */
export class ArrivingFiles {
  readonly #known = new Map<string, Known>();

  /**
   * Returns the files that are complete and were not returned in this state before. A file that has changed since it
   * was returned counts as a new image.
   *
   * @param seen all files in the folder, in the order in which to return them
   * @param nowMs the time on a monotonic clock, in milliseconds
   */
  take(seen: ReadonlyMap<string, FileState>, nowMs: number): string[] {
    for (const path of this.#known.keys()) if (!seen.has(path)) this.#known.delete(path);
    return [...seen].flatMap(([path, state]) => {
      const known = this.#known.get(path);
      if (known === undefined || !isEqual(known.state, state)) {
        this.#known.set(path, { state, sinceMs: nowMs, takenFromMs: nowMs + SETTLED_MS });
        return [];
      }
      if (nowMs < known.takenFromMs) return [];
      known.takenFromMs = Infinity;
      return [path];
    });
  }

  /**
   * Notes that a returned file cannot be decoded. Returns whether it counts as broken. If not, it may be incomplete,
   * and `take` returns it again when it has changed or stayed unchanged for ten seconds.
   */
  isBroken(path: string, nowMs: number): boolean {
    const known = this.#known.get(path);
    // The file was removed meanwhile.
    if (known === undefined) return false;
    const brokenFromMs = known.sinceMs + BROKEN_MS;
    if (nowMs >= brokenFromMs) return true;
    known.takenFromMs = brokenFromMs;
    return false;
  }
}

function isEqual(one: FileState, other: FileState): boolean {
  return one.size === other.size && one.mtimeMs === other.mtimeMs && one.ino === other.ino;
}

/** The time between two listings of the folder, in milliseconds. */
const EVERY_MS = 500;
/** The maximum share of the time that listing takes. A large folder is listed less often. */
const LISTING_SHARE = 0.2;

/** A folder that is listed again and again. */
export class WatchedFolder {
  readonly #files = new ArrivingFiles();

  /**
   * @param folder the absolute path of the folder
   * @param given the path as it was given, for error messages
   */
  constructor(private readonly folder: string, private readonly given: string) {}

  /**
   * Yields the absolute paths of complete images until the signal is aborted. Begins with those that are already there.
   * The folder is listed again and again, because many network file systems report no changes.
   *
   * @throws HeadlightError (1) if the folder is gone or cannot be read
   */
  async *arrivals(signal: AbortSignal): AsyncGenerator<readonly string[], void, void> {
    while (!signal.aborted) {
      const beganMs = performance.now();
      const complete = this.#files.take(this.#list(), beganMs);
      const listedMs = performance.now() - beganMs;
      if (complete.length > 0) yield complete;
      await sleep(Math.max(EVERY_MS, listedMs / LISTING_SHARE), signal);
    }
  }

  /** See `ArrivingFiles.isBroken`. */
  isBroken(path: string): boolean {
    return this.#files.isBroken(path, performance.now());
  }

  #list(): Map<string, FileState> {
    const seen = new Map<string, FileState>();
    this.#refuseGone();
    for (const image of listFiles(this.folder).images) {
      const path = join(this.folder, image);
      const state = stateOf(path);
      if (state !== null) seen.set(path, state);
    }
    // If the folder was removed while it was listed, the missing files must not count as removed one by one.
    this.#refuseGone();
    return seen;
  }

  #refuseGone(): void {
    try {
      Deno.readDirSync(this.folder);
    } catch (error) {
      const problem = isGone(error) || error instanceof Deno.errors.NotADirectory
        ? "the folder was removed"
        : `the folder can no longer be read (${systemReason(error)})`;
      const remedy = "Restore it and run the command again.";
      throw new HeadlightError(`--watch ${this.given}: ${problem}. ${remedy}`, 1, { cause: error });
    }
  }
}

/** Returns the state of a file, or null if it is gone or cannot be examined. */
function stateOf(path: string): FileState | null {
  try {
    const { size, mtime, ino } = Deno.statSync(path);
    return { size, mtimeMs: mtime?.getTime() ?? 0, ino: ino ?? 0 };
  } catch {
    return null;
  }
}

/** Waits for a number of milliseconds, or until the signal is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

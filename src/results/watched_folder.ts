/** A folder into which images come, for `predict --watch`. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { listFiles } from "../data/images/listing.ts";
import { isGone, systemReason } from "../files/system_error.ts";
import { HeadlightError } from "../errors.ts";

/** What of a file changes when it is written or replaced. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

/** How long a file must not have changed until it is taken. */
const SETTLED_MS = 1000;
/** How long a file that cannot be decoded may stay unchanged until it counts as broken: an upload may have stalled. */
const BROKEN_MS = 10_000;

interface Known {
  readonly state: FileState;
  /** When the file was first seen in this state, on the clock of this program: another host's clock may differ. */
  readonly sinceMs: number;
  /** When it is taken; Infinity if it was taken. */
  takenFromMs: number;
}

/** Decides which files are complete, from what was seen of them. Reads no clock and no file. */
export class ArrivingFiles {
  readonly #known = new Map<string, Known>();

  /**
   * Returns the files that are complete and were not returned in this state before. A file that has changed since it was
   * returned is another image.
   *
   * @param seen all files that are there, in the order in which they are returned
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
   * Notes that a file which was returned cannot be decoded. Returns whether it counts as broken. If not, it may be
   * incomplete and is returned once more, at the latest when it has not changed for ten seconds.
   */
  isBroken(path: string, nowMs: number): boolean {
    const known = this.#known.get(path);
    // It is gone, so that nothing more will come of it.
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

const EVERY_MS = 500;
/** Listing a large folder takes at most this share of the time. */
const LISTING_SHARE = 0.2;

export class WatchedFolder {
  readonly #files = new ArrivingFiles();

  /**
   * @param folder absolute
   * @param given the folder as it was given, for error messages
   */
  constructor(private readonly folder: string, private readonly given: string) {}

  /**
   * Yields the absolute paths of complete images, those that are there first, until the signal is aborted. The folder is
   * listed again and again, because many network file systems report no changes.
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
    // If the folder was removed while it was listed, its images did not leave one by one.
    this.#refuseGone();
    return seen;
  }

  #refuseGone(): void {
    try {
      Deno.readDirSync(this.folder);
    } catch (error) {
      const problem = isGone(error) || error instanceof Deno.errors.NotADirectory
        ? "the folder was removed"
        : `the folder cannot be read any more (${systemReason(error)})`;
      const remedy = "To go on, restore it and give the command again.";
      throw new HeadlightError(`--watch ${this.given}: ${problem}. ${remedy}`, 1, { cause: error });
    }
  }
}

/** Returns the state of a file; null if it is gone or cannot be examined. */
function stateOf(path: string): FileState | null {
  try {
    const { size, mtime, ino } = Deno.statSync(path);
    return { size, mtimeMs: mtime?.getTime() ?? 0, ino: ino ?? 0 };
  } catch {
    return null;
  }
}

/** Waits, at most until the signal is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

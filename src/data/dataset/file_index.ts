/**
 * A cache of the digests of a data folder's files, keyed by size, times and inode. A file is read again when one of
 * these has changed. An index that is damaged, of another version or of another folder is ignored and rebuilt.
 *
 * Processes that share a folder's images each write an index of their own beside it, because two that write one file
 * would lose each other's entries. Whoever uses the index for all images takes these over.
 */
import { basename, dirname, join } from "node:path";
import { LEFT_AFTER_MS, removeIfThere, sweepAsides } from "../../files/atomic.ts";
import { isSystemError } from "../../files/system_error.ts";
import { type IndexEntry, readIndex, writeIndex } from "./file_index_format.ts";

/**
 * A file modified less than this before it was read may be modified again without a change of its times, because file
 * systems store times in steps of up to two seconds. It is read again next time, as git does with "racy" files.
 */
const RACY_MS = 2500;

/** The number of folders whose indexes are kept; those that were not used for longest are removed. */
const KEPT = 100;

const SUFFIX = ".json";

export interface FileIndexOptions {
  /**
   * The name of this process's share of the files. The index is only read then, and its share has a file of its own.
   */
  readonly share?: string | undefined;
  /** Returns the wall-clock time in milliseconds. */
  readonly nowMs?: () => number;
}

export class FileIndex {
  readonly #path: string;
  /** The indexes of shares that were taken over. */
  readonly #shares: readonly string[];
  readonly #isShare: boolean;
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, IndexEntry>();
  /** The names whose digests were requested. */
  readonly #asked = new Set<string>();
  #changed = false;

  /**
   * Reads the index of a folder. It starts empty if the file does not exist or is not valid.
   *
   * @param path the index file
   */
  constructor(path: string, private readonly folder: string, { share, nowMs = Date.now }: FileIndexOptions = {}) {
    this.#nowMs = nowMs;
    this.#isShare = share !== undefined;
    this.#path = share === undefined ? path : sharePath(path, share);
    this.#shares = share === undefined ? sharesOf(path) : [];
    // The newest comes last, because a file may have changed since an older one was written.
    for (const one of share === undefined ? [path, ...this.#shares] : [path, this.#path]) {
      for (const [name, entry] of readIndex(one, folder)) {
        this.#entries.set(name, entry);
        // An attempt that is interrupted keeps what the one before it has read.
        if (this.#isShare && one === this.#path) this.#asked.add(name);
      }
    }
    this.#changed = this.#shares.length > 0;
    if (this.#entries.size > 0) touch(path);
  }

  /**
   * Returns the digest of a file, from the index if the file has not changed.
   *
   * @param name the path relative to the folder
   * @param compute reads the file and returns its digest, or null if it cannot be read; null is not stored
   */
  async digestOf(name: string, compute: () => Promise<string | null>): Promise<string | null> {
    this.#asked.add(name);
    const path = join(this.folder, name);
    const before = factsOf(path);
    const known = this.#entries.get(name);
    if (before && known?.facts === before.text) return known.digest;
    const lookedAtMs = this.#nowMs();
    const digest = await compute();
    const after = factsOf(path);
    const settled = before !== null && after?.text === before.text && before.changedMs < lookedAtMs - RACY_MS;
    if (digest !== null && settled) {
      this.#entries.set(name, { facts: before.text, digest });
      this.#changed = true;
    } else if (this.#entries.delete(name)) this.#changed = true;
    return digest;
  }

  /**
   * Writes the index if it has changed. Failing to write is not an error: the next run only has to read the files
   * again.
   *
   * @param whole every file of the folder was requested, so entries of other files are removed
   */
  save(whole: boolean): void {
    if (whole) {
      for (const name of this.#entries.keys()) {
        if (!this.#asked.has(name)) this.#changed = this.#entries.delete(name);
      }
    }
    if (!this.#changed) return;
    const own = this.#entries.entries().filter(([name]) => !this.#isShare || this.#asked.has(name));
    try {
      writeIndex(this.#path, this.folder, own);
      this.#changed = false;
      for (const path of this.#shares) removeIfThere(path);
      forgetOldest(dirname(this.#path));
      sweepAsides(dirname(this.#path), LEFT_AFTER_MS);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}

/** Removes an index, and those of shares. */
export function removeIndex(path: string): void {
  for (const one of [path, ...sharesOf(path)]) removeIfThere(one);
}

function sharePath(path: string, share: string): string {
  return `${path.slice(0, -SUFFIX.length)}.${share}${SUFFIX}`;
}

/** Returns the indexes of shares beside an index, the oldest first. */
function sharesOf(path: string): string[] {
  const start = `${basename(path, SUFFIX)}.`;
  return namesIn(dirname(path)).filter((name) => name.startsWith(start) && name !== basename(path))
    .map((name) => join(dirname(path), name)).sort((one, other) => changedMs(one) - changedMs(other));
}

/** Returns the names of the indexes in a folder; none if it cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(SUFFIX));
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

/** Returns when a file was last changed; 0 if it is gone. */
function changedMs(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch (error) {
    if (isSystemError(error)) return 0;
    throw error;
  }
}

function forgetOldest(folder: string): void {
  const folders = Map.groupBy(namesIn(folder), (name) => name.slice(0, name.indexOf(".")));
  if (folders.size <= KEPT) return;
  const newestFirst = [...folders.values()].map((names) => names.map((name) => join(folder, name)))
    .map((paths) => ({ paths, ms: Math.max(...paths.map(changedMs)) })).sort((one, other) => other.ms - one.ms);
  for (const path of newestFirst.slice(KEPT).flatMap(({ paths }) => paths)) removeIfThere(path);
}

/** Sets an index's modification time, which is its last use. */
function touch(path: string): void {
  try {
    Deno.utimeSync(path, new Date(), new Date());
  } catch (error) {
    // The cache is read-only or belongs to another user.
    if (!isSystemError(error)) throw error;
  }
}

/**
 * Returns the properties of a file that show whether it has changed; null if the file cannot be found. Synchronous,
 * because the asynchronous call takes ten times as long.
 */
function factsOf(path: string): { text: string; changedMs: number } | null {
  try {
    const { size, mtime, ctime, ino } = Deno.statSync(path);
    const times = [mtime, ctime].map((time) => time?.getTime() ?? Infinity);
    // Nobody can set ctime, so it reveals files that were put in place with old times.
    // The number of the device is left out: each host that mounts a shared folder gives it another one.
    return { text: [size, ...times, ino].join(" "), changedMs: Math.max(...times) };
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

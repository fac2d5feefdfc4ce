/**
 * Entries of the cache that processes use. Beside each entry is a file, `.<entry>.use`. Who uses the entry holds a
 * shared lock on it, and who frees the entry takes an exclusive one. Its modification time is the entry's last use,
 * because a file system may not record when a file is read. Its content describes the entry.
 */
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { asideOf, removeIfThere } from "./atomic.ts";
import { isAt, isThere } from "./is_there.ts";
import { type FileLock, lockOrClose, tryLock } from "./lock.ts";
import { isWithoutLocks } from "./lock_ability.ts";
import { isRegularFile } from "./stored.ts";
import { isSystemError } from "./system_error.ts";

const BUSY_POLL_MS = 5;
/**
 * The maximum wait for a process that frees the entry, in milliseconds. It renames the entry, which takes less than a
 * millisecond; a process that takes longer is suspended.
 */
const BUSY_PATIENCE_MS = 2000;
/** Begins the name of an entry that was freed and has not been deleted yet. */
const FREED = "freed-";

/** What a person can be told of an entry, as JSON. */
export type About = Readonly<Record<string, unknown>>;

/** A process's use of an entry. It also ends when the process exits. */
export interface Use {
  /** Ends the use. A second call does nothing. */
  release(): void;
}

/** The uses that have not ended, so that no garbage collector closes their files. */
const held = new Set<Deno.FsFile>();

/** Returns the path of the file that records the use of an entry. */
export function usePath(entry: string): string {
  return join(dirname(entry), `.${basename(entry)}.use`);
}

/**
 * Marks an entry as used by this process, whether it exists or not. Until the use ends, `freeEntry` leaves it alone.
 * Look for the entry only after this call. In a cache that cannot be written or locked, it does as much as is possible
 * there and throws no error.
 */
export async function useEntry(entry: string, about: About = {}): Promise<Use> {
  for (const deadlineMs = performance.now() + BUSY_PATIENCE_MS; performance.now() < deadlineMs;) {
    const file = openUse(usePath(entry));
    if (file === "gone") continue;
    if (file === null) break;
    const locked = isWithoutLocks(entry) ? "never" : lockShared(file);
    if (locked === "never") record(file, about);
    if (locked === "yes" && isAt(file, usePath(entry))) {
      record(file, about);
      held.add(file);
      return {
        release() {
          if (!held.delete(file)) return;
          record(file, about);
          file.close();
        },
      };
    }
    file.close();
    if (locked === "never") break;
    if (locked === "busy") await setTimeout(BUSY_POLL_MS);
  }
  return { release() {} };
}

/** Returns whether a running process uses an entry. */
export function isUsed(entry: string): boolean {
  const path = usePath(entry);
  if (isWithoutLocks(path) || !isRegularFile(path)) return false;
  try {
    using file = Deno.openSync(path, { read: true });
    return !file.tryLockSync(true);
  } catch {
    return false;
  }
}

/**
 * Returns when an entry was last used, in milliseconds since the epoch. An entry whose use was never recorded counts as
 * used when it was last changed. Returns 0 if there is no such entry.
 */
export function lastUseMs(entry: string): number {
  return Math.max(...[entry, usePath(entry)].map((path) => {
    try {
      return Deno.statSync(path).mtime?.getTime() ?? 0;
    } catch {
      return 0;
    }
  }));
}

/** Returns the description of an entry, or null if there is none. */
export function aboutEntry(entry: string): unknown {
  const path = usePath(entry);
  if (!isRegularFile(path)) return null;
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch {
    // It was damaged by a crash. The next use writes it again.
    return null;
  }
}

export interface FreeOptions {
  /** Files that belong to the entry and are deleted with it. */
  readonly parts?: readonly string[];
  /** A lock that processes hold while they make the entry. */
  readonly maker?: string;
}

/**
 * Deletes an entry unless a running process uses or makes it. The entry disappears at once, by a rename: a process that
 * is killed here leaves the entry either whole or gone, with a remainder that `isFreed` recognizes.
 *
 * @returns whether it was deleted
 * @throws NoLocksError; the system's error if the entry cannot be deleted
 */
export function freeEntry(entry: string, { parts = [], maker }: FreeOptions = {}): boolean {
  const locks: FileLock[] = [];
  const aside = asideOf(join(dirname(entry), `${FREED}${basename(entry)}`));
  try {
    for (const lock of [lockAlone(usePath(entry)), maker === undefined ? NO_MAKER : tryLock(maker)]) {
      if (lock) locks.push(lock);
    }
    if (locks.length < 2) return false;
    // The parts come first, because without the entry nobody would find them again.
    for (const part of parts) removeIfThere(part);
    renameIfThere(entry, aside);
    removeIfThere(usePath(entry));
  } finally {
    for (const lock of locks) lock.release();
  }
  removeIfThere(aside);
  return true;
}

/** Returns whether this is the name of a remainder that `freeEntry` did not finish deleting. Nobody uses it. */
export function isFreed(name: string): boolean {
  return name.startsWith(`.${FREED}`);
}

const NO_MAKER: FileLock = { release() {} };

/** Takes the exclusive lock on the file with this path, or returns null if another process holds a lock. */
function lockAlone(path: string): FileLock | null {
  for (;;) {
    Deno.mkdirSync(dirname(path), { recursive: true });
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (!lockOrClose(file, path)) return null;
    // `freeEntry` removes the file of a freed entry.
    if (isAt(file, path)) return { release: () => file.close() };
    file.close();
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Opens the file for writing, or for reading in a read-only cache. Returns null if neither is possible, and "gone" if
 * another process has just removed the file.
 */
function openUse(path: string): Deno.FsFile | "gone" | null {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    // Opening a named pipe could block for ever.
    if (!isRegularFile(path)) Deno.openSync(path, { write: true, createNew: true }).close();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (!isRegularFile(path)) return error instanceof Deno.errors.AlreadyExists && !isThere(path) ? "gone" : null;
  }
  try {
    return Deno.openSync(path, { read: true, write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "gone";
    if (!isSystemError(error)) throw error;
  }
  try {
    return Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "gone";
    if (!isSystemError(error)) throw error;
    return null;
  }
}

function lockShared(file: Deno.FsFile): "yes" | "busy" | "never" {
  try {
    return file.tryLockSync(false) ? "yes" : "busy";
  } catch {
    return "never";
  }
}

/**
 * Writes the description, which sets the modification time. Only a file's owner may set the time directly, and users
 * can share a cache. Written in place, because the lock is on this file.
 */
function record(file: Deno.FsFile, about: About): void {
  const bytes = new TextEncoder().encode(JSON.stringify(about) + "\n");
  try {
    file.seekSync(0, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.truncateSync(bytes.length);
  } catch {
    // The cache is read-only, or the disk is full.
  }
}

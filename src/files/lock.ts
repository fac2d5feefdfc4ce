/** Advisory locks (flock on an open file or folder). The system releases them when their owner exits. */
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { HeadlightError } from "../errors.ts";
import { isWithoutLocks } from "./lock_ability.ts";
import { systemReason } from "./system_error.ts";

const POLL_MS = 100;

export interface FileLock {
  /**
   * Releases the lock. The file is not removed: otherwise two owners could each lock a different file of the same name.
   */
  release(): void;
}

/** The file system does not support locks, as some network and container file systems. */
export class NoLocksError extends HeadlightError {
  /** @param reason the system's message, such as "No locks available" */
  constructor(readonly folder: string, readonly reason: string, options?: ErrorOptions) {
    super(`files in ${folder} cannot be locked (${reason}). Use a folder on a local disk`, 2, options);
  }
}

/**
 * Locks an open file. If another process holds the lock, closes the file and returns false at once.
 * @param path the file's path, for the error message
 * @throws NoLocksError
 */
export function lockOrClose(file: Deno.FsFile, path: string): boolean {
  let locked = false;
  try {
    return locked = file.tryLockSync(true);
  } catch (error) {
    throw new NoLocksError(dirname(path), systemReason(error), { cause: error });
  } finally {
    if (!locked) file.close();
  }
}

function open(path: string): Deno.FsFile {
  Deno.mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { read: true, write: true, create: true });
}

/**
 * Takes the lock, or returns null at once if another process or another file handle holds it. In a folder without locks
 * (`isWithoutLocks`), nobody is ever in the way.
 * @throws NoLocksError
 */
export function tryLock(path: string): FileLock | null {
  const file = open(path);
  if (isWithoutLocks(path)) {
    file.close();
    return { release() {} };
  }
  return lockOrClose(file, path) ? { release: () => file.close() } : null;
}

/**
 * Returns whether a running process holds the lock on a file or folder. Tests with a shared lock, so that several
 * processes can test at once. Returns false if the path does not exist, cannot be opened, is in a folder without locks,
 * or is neither a file nor a folder (opening a named pipe could block for ever).
 */
export function isLocked(path: string): boolean {
  if (isWithoutLocks(path)) return false;
  try {
    const { isFile, isDirectory } = Deno.statSync(path);
    if (!isFile && !isDirectory) return false;
    using file = Deno.openSync(path, { read: true });
    return !file.tryLockSync(false);
  } catch {
    return false;
  }
}

/** Returns whether a file exists and its file system has locks, whoever holds the lock on it. */
export function hasLocks(path: string): boolean {
  try {
    using file = Deno.openSync(path, { read: true });
    file.tryLockSync(false);
    return true;
  } catch {
    return false;
  }
}

/**
 * Waits for the lock, by polling, because a blocking wait cannot be aborted. Calls `onWait` once if another process
 * holds it.
 * @throws the signal's reason when aborted; NoLocksError
 */
export async function waitForLock(
  path: string,
  onWait: () => void = () => {},
  signal?: AbortSignal,
): Promise<FileLock> {
  for (let isFirst = true;; isFirst = false) {
    signal?.throwIfAborted();
    const lock = tryLock(path);
    if (lock) return lock;
    if (isFirst) onWait();
    await setTimeout(POLL_MS);
  }
}

/** Advisory locks that a dead owner frees by itself: flock on an open file or folder. */
import { dirname } from "node:path";
import { HeadlightError } from "../errors.ts";
import { systemReason } from "./system_error.ts";
import { nearestExisting } from "./writable.ts";

export interface FileLock {
  /** Frees the lock. The file stays: removing it would let two owners lock two files of one name. */
  release(): void;
}

/** A file system that has no locks: some network file systems, and some of containers. */
export class NoLocksError extends HeadlightError {
  /** @param reason what the system says, such as "No locks available" */
  constructor(readonly folder: string, readonly reason: string, options?: ErrorOptions) {
    super(`files in ${folder} cannot be locked (${reason}); use a folder on a local disk instead`, 2, options);
  }
}

/**
 * Locks an open file. Returns false at once where somebody else has it, and closes the file then.
 * @param path of the file, for the error
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

/**
 * Locks a new file in a folder, or where that is not there yet, in what it would be made in; leaves no trace.
 * @throws NoLocksError where that does not work; what the system has against it where no file can be made
 */
export function tryLocking(folder: string): void {
  const path = Deno.makeTempFileSync({ dir: nearestExisting(folder), prefix: ".lockable-" });
  try {
    const file = Deno.openSync(path, { read: true, write: true });
    if (lockOrClose(file, path)) file.close();
  } finally {
    Deno.removeSync(path);
  }
}

function open(path: string): Deno.FsFile {
  Deno.mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { read: true, write: true, create: true });
}

/** Takes the lock, or returns null at once where another process (or another handle) has it. @throws NoLocksError */
export function tryLock(path: string): FileLock | null {
  const file = open(path);
  return lockOrClose(file, path) ? { release: () => file.close() } : null;
}

/**
 * Whether some living process holds the lock on a file or a folder. Looks with a shared lock, so that any number may look
 * at once. What is not there, cannot be opened or is neither (opening a named pipe would wait for ever) is not locked.
 */
export function isLocked(path: string): boolean {
  try {
    const { isFile, isDirectory } = Deno.statSync(path);
    if (!isFile && !isDirectory) return false;
    using file = Deno.openSync(path, { read: true });
    return !file.tryLockSync(false);
  } catch {
    return false;
  }
}

/** Waits for the lock; `onWait` is told once if there is somebody to wait for. @throws NoLocksError */
export async function waitForLock(path: string, onWait: () => void = () => {}): Promise<FileLock> {
  const taken = tryLock(path);
  if (taken) return taken;
  onWait();
  const file = open(path);
  await file.lock(true);
  return { release: () => file.close() };
}

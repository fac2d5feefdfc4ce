/** Advisory locks that a dead owner frees by itself: flock on an open file or folder. */
import { dirname } from "node:path";

export interface FileLock {
  /** Frees the lock. The file stays: removing it would let two owners lock two files of one name. */
  release(): void;
}

function open(path: string): Deno.FsFile {
  Deno.mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { read: true, write: true, create: true });
}

/** Takes the lock, or returns null at once where another process (or another handle) has it. */
export function tryLock(path: string): FileLock | null {
  const file = open(path);
  if (!file.tryLockSync(true)) {
    file.close();
    return null;
  }
  return { release: () => file.close() };
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

/** Waits for the lock; `onWait` is told once if there is somebody to wait for. */
export async function waitForLock(path: string, onWait: () => void = () => {}): Promise<FileLock> {
  const file = open(path);
  if (!file.tryLockSync(true)) {
    onWait();
    await file.lock(true);
  }
  return { release: () => file.close() };
}

/**
 * Ownership of a run. A trainer holds an flock on two things: on the run's folder, and on the file `lock` in it, which
 * names the owner. The system releases both when the trainer exits.
 *
 * Two locks are needed because the file can be deleted by hand, and another process could then lock a new file of that
 * name. The folder's lock lasts as long as the folder. Some file systems (NFS) cannot lock folders. There the file
 * alone counts, and `keep` recreates it.
 */
import { hostname } from "node:os";
import { lockOrClose } from "../../files/lock.ts";
import type { RunDirectory } from "../folder/directory.ts";
import type { Owner } from "./custody.ts";

/** How long to try, in milliseconds. A viewer that checks whether a lock is held holds it for a moment itself. */
const TAKE_FOR_MS = 200;
const TRY_EVERY_MS = 5;

/** Takes ownership of a run, or returns null if a running trainer owns it. */
export async function takeOwnership(run: RunDirectory, socket: string): Promise<Ownership | null> {
  const deadlineMs = performance.now() + TAKE_FOR_MS;
  let taken = Ownership.tryTake(run);
  while (!taken && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
    taken = Ownership.tryTake(run);
  }
  taken?.noteSocket(socket);
  return taken;
}

export class Ownership {
  private constructor(
    private readonly run: RunDirectory,
    private readonly folder: Deno.FsFile,
    private file: Deno.FsFile,
  ) {}

  /**
   * Takes ownership at once, or returns null if another process owns the run or is just checking its locks.
   * @throws Deno.errors if the folder does not exist or cannot be written
   */
  static tryTake(run: RunDirectory): Ownership | null {
    const folder = Deno.openSync(run.path, { read: true });
    try {
      const file = lockFolder(folder) ? lockFile(run.lock) : null;
      if (file) return new Ownership(run, folder, file);
    } catch (error) {
      folder.close();
      throw error;
    }
    folder.close();
    return null;
  }

  /** Writes the owner and the path of its socket to `lock`. */
  noteSocket(socket: string): void {
    const owner: Owner = { pid: Deno.pid, host: hostname(), socket };
    const line = new TextEncoder().encode(JSON.stringify(owner) + "\n");
    // Written in place instead of renamed, because the lock is on this file.
    this.file.truncateSync(0);
    this.file.seekSync(0, Deno.SeekMode.Start);
    for (let written = 0; written < line.length;) written += this.file.writeSync(line.subarray(written));
  }

  /**
   * Recreates `lock` if it was deleted or replaced.
   * @returns `folderIsThere`
   */
  keep(socket: string): boolean {
    if (!this.folderIsThere()) return false;
    if (isSame(this.file, this.run.lock)) return true;
    const file = lockFile(this.run.lock);
    // The folder is locked, so the process that holds the new file is only checking it. Try again next time.
    if (!file) return true;
    this.file.close();
    this.file = file;
    this.noteSocket(socket);
    return true;
  }

  release(): void {
    this.file.close();
    this.folder.close();
  }

  /**
   * Returns whether the run's folder still exists. If another folder is in its place, it counts if it has a
   * config.json.
   */
  folderIsThere(): boolean {
    if (isSame(this.folder, this.run.path)) return true;
    try {
      // Inode numbers may change on network file systems, so look for the run's config.json.
      return Deno.statSync(this.run.config).isFile;
    } catch (error) {
      return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
    }
  }
}

/** Returns true if the lock was taken, or if the file system cannot lock folders at all. */
function lockFolder(folder: Deno.FsFile): boolean {
  try {
    return folder.tryLockSync(true);
  } catch {
    return true;
  }
}

/**
 * Returns the locked file, or null if another process has locked it. Does not create the folder, which may have been
 * removed on purpose.
 */
function lockFile(path: string): Deno.FsFile | null {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  return lockOrClose(file, path) ? file : null;
}

/** Returns whether an open file is the one that is now at this path. */
function isSame(open: Deno.FsFile, path: string): boolean {
  try {
    const [one, other] = [open.statSync(), Deno.statSync(path)];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}

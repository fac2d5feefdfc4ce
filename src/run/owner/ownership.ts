/**
 * Owning a run. A trainer holds an flock on two things: on the run's folder, and on the file `lock` in it, which says
 * who the owner is. The system frees both when the trainer dies.
 *
 * A file can be deleted by hand, and then another file of that name can be locked by somebody else. The folder's lock
 * lasts as long as the run itself. Not every file system locks folders (NFS does not); there the file alone counts, and
 * `keep` makes it anew.
 */
import { hostname } from "node:os";
import { lockOrClose } from "../../files/lock.ts";
import type { RunDirectory } from "../folder/directory.ts";
import type { Owner } from "./custody.ts";

/** A viewer that looks whether a lock is held has it for a moment itself. */
const TAKE_FOR_MS = 200;
const TRY_EVERY_MS = 5;

/** Takes a run for this process, or returns null if a living trainer has it. */
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
   * Takes a run at once, or returns null if somebody has it or just looks at its locks.
   * @throws Deno.errors where the folder is not there or cannot be written
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

  /** Writes into `lock` who the owner is and where its socket lies. */
  noteSocket(socket: string): void {
    const owner: Owner = { pid: Deno.pid, host: hostname(), socket };
    const line = new TextEncoder().encode(JSON.stringify(owner) + "\n");
    // Written in place, not renamed: the lock is on this very file.
    this.file.truncateSync(0);
    this.file.seekSync(0, Deno.SeekMode.Start);
    for (let written = 0; written < line.length;) written += this.file.writeSync(line.subarray(written));
  }

  /**
   * Makes `lock` anew if it was deleted or replaced.
   * @returns `folderIsThere`
   */
  keep(socket: string): boolean {
    if (!this.folderIsThere()) return false;
    if (isSame(this.file, this.run.lock)) return true;
    const file = lockFile(this.run.lock);
    // Who holds the new file only looks at it, since the folder is taken. The next look finds it free.
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

  /** Whether the run's folder is still there. A folder without config.json in its place is not the run's. */
  folderIsThere(): boolean {
    if (isSame(this.folder, this.run.path)) return true;
    try {
      // Where the file numbers of a network's folders change, the run's config.json tells.
      return Deno.statSync(this.run.config).isFile;
    } catch (error) {
      return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
    }
  }
}

/** Whether the lock was taken, or cannot be taken on this file system by anybody. */
function lockFolder(folder: Deno.FsFile): boolean {
  try {
    return folder.tryLockSync(true);
  } catch {
    return true;
  }
}

/** The file, locked; null where somebody else has it. The folder is not made: it may have been removed on purpose. */
function lockFile(path: string): Deno.FsFile | null {
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  return lockOrClose(file, path) ? file : null;
}

/** Whether an open file is the one that has this path now. */
function isSame(open: Deno.FsFile, path: string): boolean {
  try {
    const [one, other] = [open.statSync(), Deno.statSync(path)];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return false;
  }
}

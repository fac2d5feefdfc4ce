/** Files and folders that are there whole or not at all, also after a kill or a power cut in the middle. */
import process from "node:process";
import { basename, dirname, join } from "node:path";
import { systemCode } from "./system_error.ts";

let counter = 0;

/** A name beside `path`, unique among processes, that a reader never mistakes for the thing itself. */
export function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${Deno.pid}-${counter++}.aside`);
}

/** As `asideOf` makes them. */
const ASIDE = /^\..*\.(\d+)-\d+\.aside$/;

/** A file is written aside in seconds: one that is older than this was left by a process that was killed. */
export const LEFT_AFTER_MS = 3_600_000;

/**
 * Removes what processes that were killed in the middle of a write left in a folder. What a living process of this
 * machine writes is left alone.
 *
 * @param minAgeMs what is younger stays: `LEFT_AFTER_MS` where other machines may write too, whose process ids say
 * nothing here
 * @returns the names that were removed; none where the folder cannot be read
 */
export function sweepAsides(folder: string, minAgeMs = 0, nowMs: number = Date.now()): string[] {
  const swept: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const pid = ASIDE.exec(name)?.[1];
      if (pid === undefined || isRunning(Number(pid))) continue;
      const changedMs = Deno.lstatSync(join(folder, name)).mtime?.getTime() ?? nowMs;
      if (nowMs - changedMs < minAgeMs) continue;
      removeIfThere(join(folder, name));
      swept.push(name);
    }
  } catch {
    // A leftover is in nobody's way: what cannot be removed stays.
  }
  return swept;
}

/** Whether a name is that of something written aside. */
export function isAside(name: string): boolean {
  return ASIDE.test(name);
}

/** Whether a folder has anything that was written aside; false where it cannot be read. */
export function hasAsides(folder: string): boolean {
  try {
    return [...Deno.readDirSync(folder)].some(({ name }) => isAside(name));
  } catch {
    return false;
  }
}

/** Whether there is a process of that id on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process cannot be signalled (EPERM), and yet it runs.
    return systemCode(error) !== "ESRCH";
  }
}

/** Writes aside, syncs, renames: readers see the old content or the new, never a part. Makes the folder if need be. */
export function writeFileAtomicSync(path: string, content: Uint8Array | string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  replaceFileSync(path, content);
}

/**
 * `writeFileAtomicSync` into a folder that must be there: one that was removed is not made again.
 * @throws Deno.errors.NotFound if the folder is not there
 */
export function replaceFileSync(path: string, content: Uint8Array | string): void {
  const aside = asideOf(path);
  try {
    writeSynced(aside, typeof content === "string" ? new TextEncoder().encode(content) : content);
    Deno.renameSync(aside, path);
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
  syncFolder(dirname(path));
}

/**
 * Has `fill` write a folder's files aside, syncs them, and renames the folder into place. `path` must not exist or be
 * an empty folder. Makes the folder that it is in if need be.
 */
export function writeFolderAtomicSync(path: string, fill: (aside: string) => void): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  placeFolderSync(path, fill);
}

/**
 * `writeFolderAtomicSync` into a folder that must be there: one that was removed is not made again.
 * @throws Deno.errors.NotFound if the folder is not there
 */
export function placeFolderSync(path: string, fill: (aside: string) => void): void {
  const aside = asideOf(path);
  Deno.mkdirSync(aside);
  try {
    fill(aside);
    syncFolder(aside);
    Deno.renameSync(aside, path);
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
  syncFolder(dirname(path));
}

/** Writes a whole file and syncs it. Not atomic by itself: for files inside `writeFolderAtomicSync`. */
export function writeSynced(path: string, content: Uint8Array): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (let written = 0; written < content.length;) written += file.writeSync(content.subarray(written));
  file.syncSync();
}

/** Points a symlink at `target` in one step: a reader finds the old one or the new one. */
export function swapSymlinkSync(target: string, link: string): void {
  const aside = asideOf(link);
  Deno.symlinkSync(target, aside);
  try {
    Deno.renameSync(aside, link);
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
  syncFolder(dirname(link));
}

/** Makes a rename in a folder durable. Some file systems cannot sync a folder; they get no promise. */
function syncFolder(path: string): void {
  try {
    using folder = Deno.openSync(path, { read: true });
    folder.syncSync();
  } catch {
    // The rename has happened; only its durability over a power cut is not promised here.
  }
}

/** Removes a file or a folder with all in it; nothing to remove is no error. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

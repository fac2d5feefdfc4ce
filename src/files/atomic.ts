/** Files and folders that are there whole or not at all, also after a kill or a power cut in the middle. */
import { basename, dirname, join } from "node:path";

let counter = 0;

/** A name beside `path`, unique among processes, that a reader never mistakes for the thing itself. */
function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${Deno.pid}-${counter++}.aside`);
}

/** Writes aside, syncs, renames: readers see the old content or the new, never a part. Makes the folder if need be. */
export function writeFileAtomicSync(path: string, content: Uint8Array | string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
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
 * an empty folder.
 */
export function writeFolderAtomicSync(path: string, fill: (aside: string) => void): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
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
  Deno.renameSync(aside, link);
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

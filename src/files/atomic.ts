/**
 * Atomic writes: a reader finds a file or folder complete or not at all, even after a kill or a power failure in the
 * middle of a write.
 */
import { lstatSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import { basename, dirname, join } from "node:path";
import { asidesFolderOf, checkGuard } from "./guard.ts";
import { systemCode } from "./system_error.ts";

/**
 * The number of this process's first temporary file. It is random because process ids occur again: in a container,
 * every trainer may have the same one.
 */
const FIRST = Math.floor(Math.random() * 2 ** 40);
let counter = FIRST;

/**
 * Returns a temporary path on the same file system as `path`: in the same folder, or in the folder that its guard
 * names, which is created if necessary. The name is unique among processes, and readers recognize it by its form
 * (`isAside`). Use `withAside` if the file is to be renamed to `path`.
 * @throws Deno.errors.NotFound if the guarded folder does not exist
 */
export function asideOf(path: string): string {
  const folder = asidesFolderOf(path);
  if (folder !== null) createFolder(folder);
  return join(folder ?? dirname(path), `.${basename(path)}.${Deno.pid}-${counter++}@${HOST}.aside`);
}

function createFolder(path: string): void {
  try {
    Deno.mkdirSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** This host in names of files: a process id means nothing on another host that shares a folder. */
const HOST = hostname().replaceAll(/[^\w.-]/g, "-");

/**
 * Matches the names that `asideOf` makes; the groups are the process id, the number and the host, which older versions
 * left out.
 */
const ASIDE = /^\..*\.(\d+)-(\d+)(?:@([\w.-]+))?\.aside$/;

/**
 * The age, in milliseconds, after which a temporary file counts as left behind by a killed process: writing one takes
 * seconds.
 */
export const LEFT_AFTER_MS = 3_600_000;

/**
 * Removes the temporary files that killed processes left in a folder. Those of processes still running on this machine
 * are kept, and those of another host for `LEFT_AFTER_MS`.
 *
 * @param minAgeMs files younger than this are kept. Pass `LEFT_AFTER_MS` for a folder that other machines may write to,
 * because their process ids mean nothing here.
 * @returns the names of the removed files; empty if the folder cannot be read
 */
export function sweepAsides(folder: string, minAgeMs = 0, nowMs: number = Date.now()): string[] {
  const swept: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(folder)) {
      const [, pid, number, host = HOST] = ASIDE.exec(name) ?? [];
      if (pid === undefined || (host === HOST && isInUse(Number(pid), Number(number)))) continue;
      const changedMs = Deno.lstatSync(join(folder, name)).mtime?.getTime() ?? nowMs;
      if (nowMs - changedMs < (host === HOST ? minAgeMs : Math.max(minAgeMs, LEFT_AFTER_MS))) continue;
      removeIfThere(join(folder, name));
      swept.push(name);
    }
  } catch {
    // A file that cannot be removed does no harm.
  }
  return swept;
}

/** Returns whether the process that made a temporary file is running. */
function isInUse(pid: number, number: number): boolean {
  return pid === Deno.pid ? number >= FIRST && number < counter : isRunning(pid);
}

/** Returns whether a name is that of a temporary file made by `asideOf`. */
export function isAside(name: string): boolean {
  return ASIDE.test(name);
}

/** Returns whether a folder contains temporary files made by `asideOf`; false if the folder cannot be read. */
export function hasAsides(folder: string): boolean {
  try {
    return [...Deno.readDirSync(folder)].some(({ name }) => isAside(name));
  } catch {
    return false;
  }
}

/** Returns whether a process with this id runs on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM means that the process runs but belongs to another user.
    return systemCode(error) !== "ESRCH";
  }
}

/**
 * Returns whether a process has ended and keeps only its id, because its parent has not waited for it. In a container
 * without an init process it does so for ever. False where there is no /proc.
 */
function isZombie(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The second field is the program's name in parentheses, which may contain more of them. See proc(5).
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** The content of a file; in pieces, if it would be large as a whole. */
type Content = Uint8Array | string | Iterable<Uint8Array>;

/**
 * Writes a file atomically: writes a temporary file, syncs it and renames it. Creates the folder if it does not exist.
 */
export function writeFileAtomicSync(path: string, content: Content): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  replaceFileSync(path, content);
}

/** Who may read a file: whoever the umask lets, or only its owner, because it contains what may be a secret. */
export type Access = "usual" | "owner";
export const OWNER_ONLY = 0o600;

/**
 * Does the same as `writeFileAtomicSync`, but does not create the folder, so a folder that was removed stays removed.
 * @throws Deno.errors.NotFound if the folder does not exist
 */
export function replaceFileSync(path: string, content: Content, access: Access = "usual"): void {
  withAside(path, (aside) => {
    writeSynced(aside, content, access);
    renameGuarded(aside, path);
  });
  syncFolder(dirname(path));
}

/**
 * Writes a folder atomically: `fill` writes its files into a temporary folder, which is synced and renamed to `path`.
 * `path` must not exist or must be an empty folder. Creates the parent folder if it does not exist.
 */
export function writeFolderAtomicSync(path: string, fill: (aside: string) => void): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  placeFolderSync(path, fill);
}

/**
 * Does the same as `writeFolderAtomicSync`, but does not create the parent folder.
 * @throws Deno.errors.NotFound if the parent folder does not exist
 */
export function placeFolderSync(path: string, fill: (aside: string) => void): void {
  withAside(path, (aside) => {
    Deno.mkdirSync(aside);
    fill(aside);
    syncFolder(aside);
    renameGuarded(aside, path);
  });
  syncFolder(dirname(path));
}

/** Writes a file and syncs it. Not atomic by itself: use it for files inside `writeFolderAtomicSync`. */
export function writeSynced(path: string, content: Content, access: Access = "usual"): void {
  const mode = access === "owner" ? { mode: OWNER_ONLY } : {};
  using file = Deno.openSync(path, { write: true, create: true, truncate: true, ...mode });
  for (const piece of piecesOf(content)) {
    for (let written = 0; written < piece.length;) written += file.writeSync(piece.subarray(written));
  }
  file.syncSync();
}

function piecesOf(content: Content): Iterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

/**
 * Points a symbolic link at `target` atomically: a reader finds either the old target or the new one. A folder in its
 * place is replaced, because some programs copy a link with what it points to.
 */
export function swapSymlinkSync(target: string, link: string): void {
  withAside(link, (aside) => {
    Deno.symlinkSync(target, aside);
    if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) removeFolderSync(link);
    renameGuarded(aside, link);
  });
  syncFolder(dirname(link));
}

/**
 * Replaces a file by a copy of itself, so that processes that have opened it no longer change what is at its path. Does
 * nothing if there is no regular file.
 */
export function renewFileSync(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return;
  withAside(path, (aside) => {
    Deno.copyFileSync(path, aside);
    using copy = Deno.openSync(aside, { write: true });
    copy.syncSync();
    renameGuarded(aside, path);
  });
  syncFolder(dirname(path));
}

/**
 * Calls `act` with a temporary path for a file or folder that is to be renamed to `path`, and removes what is left
 * there afterwards.
 */
export function withAside<T>(path: string, act: (aside: string) => T): T {
  const aside = asideOf(path);
  try {
    return act(aside);
  } finally {
    removeIfThere(aside);
    const folder = asidesFolderOf(path);
    if (folder !== null) removeIfEmpty(folder);
  }
}

function removeIfEmpty(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch {
    // It is in use, or another process has removed it.
  }
}

/** Checks the guard last, because writing and syncing may take long, and another process may take over meanwhile. */
function renameGuarded(from: string, to: string): void {
  checkGuard(to);
  Deno.renameSync(from, to);
}

/** Syncs a folder, which makes a rename in it survive a power failure. Not all file systems support this. */
function syncFolder(path: string): void {
  try {
    using folder = Deno.openSync(path, { read: true });
    folder.syncSync();
  } catch {
    // The rename itself has succeeded, so a file system that cannot sync a folder is no error.
  }
}

/**
 * Removes a file, or a folder with everything in it. Does nothing if the path does not exist.
 * @throws what the folder's guard throws, except for a temporary file, which belongs to this process
 */
export function removeIfThere(path: string): void {
  if (!isAside(basename(path))) checkGuard(path);
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Removes a folder in such a way that it is never seen with only some of its files, even after a kill. Does nothing if
 * it does not exist.
 */
export function removeFolderSync(path: string): void {
  withAside(path, (aside) => {
    try {
      renameGuarded(path, aside);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    syncFolder(dirname(path));
  });
}

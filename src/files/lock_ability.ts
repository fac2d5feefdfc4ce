/**
 * Whether locks work in a folder that several hosts may share. Some file systems refuse them (NFS without a lock
 * daemon, some containers, Lustre mounted without `flock`), some ignore them, and a lost lock daemon lets a process
 * wait for ever.
 *
 * In a folder without locks, each process acts as if it held every lock that it asks for. That is safe for the cache,
 * because every file there appears by a rename and never changes. Two processes may then do the same work twice.
 */
import { randomUUID } from "node:crypto";
import { join, sep } from "node:path";
import { setTimeout } from "node:timers/promises";
import { removeIfThere } from "./atomic.ts";
import { systemCode, systemReason } from "./system_error.ts";
import { nearestExisting } from "./writable.ts";

/** Names the folder without locks, for the processes that this one starts: they need not find out again. */
const VARIABLE = "HEADLIGHT_WITHOUT_LOCKS";

/** How long a lock that nobody holds may take, in milliseconds. */
const PATIENCE_MS = 3000;

/** Whether locks work in a folder: null if they do, otherwise a clause that says what is wrong. */
export type LockLack = string | null;

const known = new Map<string, Promise<LockLack>>();

/** Returns whether this process, or the one that started it, has found out that a path is in a folder without locks. */
export function isWithoutLocks(path: string): boolean {
  const folder = Deno.env.get(VARIABLE);
  return folder !== undefined && (path === folder || path.startsWith(folder + sep));
}

/**
 * Finds out whether locks work in a folder, and remembers it for this process and those that it starts. Only one folder
 * is remembered: the cache. If the folder does not exist yet, tries the nearest existing folder above it.
 *
 * @returns null also if no file can be created there, which the first write reports
 */
export function findOutAboutLocks(folder: string, patienceMs: number = PATIENCE_MS): Promise<LockLack> {
  const found = known.get(folder) ?? findOut(folder, patienceMs);
  known.set(folder, found);
  return found;
}

async function findOut(folder: string, patienceMs: number): Promise<LockLack> {
  const lack = isWithoutLocks(folder) ? "as found before" : await tryLocks(folder, patienceMs);
  if (lack !== null) Deno.env.set(VARIABLE, folder);
  return lack;
}

/** Finds out whether locks work in a folder, with a temporary file, and does not remember it. */
export async function tryLocks(folder: string, patienceMs: number = PATIENCE_MS): Promise<LockLack> {
  const path = join(nearestExisting(folder), `.lockable-${randomUUID().slice(0, 8)}`);
  const files: Deno.FsFile[] = [];
  try {
    const open = () => {
      const file = Deno.openSync(path, { read: true, write: true, create: true });
      files.push(file);
      return file;
    };
    // Asynchronous, because only another thread can wait for a lock daemon that does not answer.
    const first = open().tryLock(true);
    const answer = await Promise.race([first, setTimeout(patienceMs, null, { ref: false })]);
    if (answer === null) {
      // The file is in use by that thread for as long as it waits.
      files.length = 0;
      first.catch(() => {});
      return "the file system does not answer";
    }
    // A second opening of the file must not get the lock as well.
    return await open().tryLock(true) ? "the file system ignores them" : null;
  } catch (error) {
    const code = systemCode(error);
    return code !== null && files.length > 0 ? systemReason(error) : null;
  } finally {
    for (const file of files) file.close();
    try {
      removeIfThere(path);
    } catch {
      // A file of no bytes that cannot be removed does no harm.
    }
  }
}

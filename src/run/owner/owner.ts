/** Who owns a run: an flock on `lock`, which a dead owner frees by itself; the file's content names pid, host, socket. */
import { hostname } from "node:os";
import { z } from "zod";
import { type FileLock, isLocked, tryLock } from "../../files/lock.ts";

const ownerSchema = z.object({ pid: z.int(), host: z.string(), socket: z.string() });
export type Owner = z.infer<typeof ownerSchema>;

export type Ownership =
  | { readonly held: false }
  /** `owner` is null while the lock is taken and its file not yet written. */
  | { readonly held: true; readonly owner: Owner | null };

/** A viewer that looks whether the lock is held has it for a moment itself. */
const TAKE_FOR_MS = 200;
const TRY_EVERY_MS = 5;

/** Takes a run for this process; null where a living trainer has it. */
export async function takeOwnership(lockPath: string, socket: string): Promise<FileLock | null> {
  const deadlineMs = performance.now() + TAKE_FOR_MS;
  let lock = tryLock(lockPath);
  while (!lock && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
    lock = tryLock(lockPath);
  }
  if (lock) noteSocket(lockPath, socket);
  return lock;
}

/** Writes where the owner's socket lies. Only for the lock's holder. */
export function noteSocket(lockPath: string, socket: string): void {
  const owner: Owner = { pid: Deno.pid, host: hostname(), socket };
  // Written in place, not renamed: the lock is on this very file.
  Deno.writeTextFileSync(lockPath, JSON.stringify(owner) + "\n");
}

/** Whether a living trainer owns a run, and which. */
export function ownershipOf(lockPath: string): Ownership {
  if (!isLocked(lockPath)) return { held: false };
  try {
    return { held: true, owner: ownerSchema.parse(JSON.parse(Deno.readTextFileSync(lockPath))) };
  } catch {
    return { held: true, owner: null };
  }
}

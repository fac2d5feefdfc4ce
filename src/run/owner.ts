/** Who owns a run: an flock on `lock`, which a dead owner frees by itself; the file's content names pid, host, socket. */
import { hostname } from "node:os";
import { z } from "zod";
import { type FileLock, isLocked, tryLock } from "../files/lock.ts";

const ownerSchema = z.object({ pid: z.int(), host: z.string(), socket: z.string() });
export type Owner = z.infer<typeof ownerSchema>;

/** Takes a run for this process; null where a living trainer has it. */
export function takeOwnership(lockPath: string, socket: string): FileLock | null {
  const lock = tryLock(lockPath);
  if (!lock) return null;
  const owner: Owner = { pid: Deno.pid, host: hostname(), socket };
  // Written in place, not renamed: the lock is on this very file.
  Deno.writeTextFileSync(lockPath, JSON.stringify(owner) + "\n");
  return lock;
}

/** The living owner of a run, or null where nobody holds the lock. */
export function livingOwner(lockPath: string): Owner | null {
  if (!isLocked(lockPath)) return null;
  try {
    return ownerSchema.parse(JSON.parse(Deno.readTextFileSync(lockPath)));
  } catch {
    // Locked a moment ago, not yet written.
    return null;
  }
}

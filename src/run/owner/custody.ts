/** Who has a run and where it stands with its trainer. Every command asks here. */
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { isLocked } from "../../files/lock.ts";
import { parseStoredJson, readStored } from "../../files/stored.ts";
import type { RunDirectory } from "../folder/directory.ts";

/** What an owner writes into the run's `lock`. */
export const ownerSchema = z.object({ pid: z.int(), host: z.string(), socket: z.string() });
export type Owner = z.infer<typeof ownerSchema>;

export type Custody =
  /** A living trainer has the run. `owner` is null while it has not yet written into `lock` who it is. */
  | { readonly kind: "owned"; readonly owner: Owner | null }
  /** The run was made a moment ago, and its trainer is not there yet. */
  | { readonly kind: "starting" }
  | { readonly kind: "nobody" };

/**
 * How long after a run was made its trainer may still come. A trainer takes its lock within a second, and later where
 * the machine is loaded or Deno has yet to compile the program. Too short a limit would let `runs rm` remove a run whose
 * trainer is on its way. Too long a one lets a command wait for a trainer that crashed before its first event.
 */
const STARTS_WITHIN_MS = 30_000;

/** Returns who has a run. Never throws: what cannot be looked at belongs to nobody, and who wants it finds out by taking it. */
export function custodyOf(run: RunDirectory, nowMs: number = Date.now()): Custody {
  // Asked first: a trainer that comes between the two looks holds the lock at the second.
  const starting = isStarting(run, nowMs);
  if (isOwned(run)) return { kind: "owned", owner: ownerIn(run.lock) };
  return { kind: starting ? "starting" : "nobody" };
}

/** Whether a living trainer has the run. */
export function isOwned(run: RunDirectory): boolean {
  return isLocked(run.path) || isLocked(run.lock);
}

/** Whether a living trainer has the run, or one that was just started is about to. */
export function hasTrainer(run: RunDirectory): boolean {
  return custodyOf(run).kind !== "nobody";
}

/** Whether the owner runs on another machine, which shares the run's folder but no sockets. */
export function isElsewhere(owner: Owner): boolean {
  return owner.host !== hostname();
}

function ownerIn(lock: string): Owner | null {
  try {
    const file = { path: lock, remedy: "", exitStatus: 1 } as const;
    return parseStoredJson(readStored(file), file, ownerSchema);
  } catch {
    // A trainer locks the file before it writes into it; and one that finds it damaged writes it anew.
    return null;
  }
}

function isStarting({ config, lock, events }: RunDirectory, nowMs: number): boolean {
  // A trainer makes and locks the file, then writes itself into it: until then it is still on its way.
  if (isWritten(lock) || isWritten(events)) return false;
  const madeMs = statSync(config, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  // A time in the future is one of a clock that was set back since: it must not make the run starting for ever.
  return Math.abs(nowMs - madeMs) < STARTS_WITHIN_MS;
}

/** Whether there is anything but an empty file. */
function isWritten(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !(found.isFile() && found.size === 0);
}

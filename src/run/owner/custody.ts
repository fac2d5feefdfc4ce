/** Who owns a run: a trainer, one that is starting, or nobody. Every command uses this. */
import { statSync } from "node:fs";
import { isRunning } from "../../files/atomic.ts";
import { hasLocks, isLocked } from "../../files/lock.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { isKnownDead } from "./heartbeat.ts";
import { type Owner, readOwner } from "./owner_record.ts";
import { folderMark, isLocalDisk, startMark, thisHost } from "./this_host.ts";

export type Custody =
  /** A trainer owns the run. `owner` is null until the trainer has written itself into `lock`. */
  | { readonly kind: "owned"; readonly owner: Owner | null }
  /**
   * A trainer on another machine, whose locks cannot be seen here, has written itself into `lock` and has not given the
   * run back. Only its heartbeat shows whether it is still running (`settleClaims`).
   */
  | { readonly kind: "claimed"; readonly owner: Owner & { readonly token: string } }
  /** The run was created a moment ago, and its trainer is not running yet. */
  | { readonly kind: "starting" }
  | { readonly kind: "nobody" };

/**
 * How long after a run was created its trainer may still start, in milliseconds. A trainer takes its lock within a
 * second, or later if the machine is under load or Deno has to compile the program first. If this limit is too short,
 * `runs rm` could remove a run whose trainer is starting. If it is too long, commands wait for a trainer that crashed
 * before its first event.
 */
const STARTS_WITHIN_MS = 30_000;

/**
 * Returns who owns a run. Never throws, and never waits: if the run cannot be read, nobody owns it, and taking it will
 * fail.
 */
export function custodyOf(run: RunDirectory, nowMs: number = Date.now()): Custody {
  // This comes first: a trainer that starts between the two checks holds the lock at the second one.
  const starting = isStarting(run, nowMs);
  if (isLocked(run.path) || isLocked(run.lock)) return { kind: "owned", owner: lockOwner(run) };
  return claimOn(run) ?? { kind: starting ? "starting" : "nobody" };
}

/** Returns whether a trainer owns the run, or claims it and may be running. */
export function isOwned(run: RunDirectory): boolean {
  return isLocked(run.path) || isLocked(run.lock) || claimOn(run) !== null;
}

/** Returns whether a trainer owns the run, may own it, or is starting. */
export function hasTrainer(run: RunDirectory): boolean {
  return custodyOf(run).kind !== "nobody";
}

/**
 * Returns who owns a run on which this process sees no locks, or null if nobody does. `lock` names the last owner.
 */
export function claimOn(run: RunDirectory): Extract<Custody, { kind: "owned" | "claimed" }> | null {
  const owner = readOwner(run.lock);
  // Older versions, which write no token, own a run by locks alone.
  if (owner === null || owner.token === null || owner.released) return null;
  if (locksTell(run, owner)) {
    // Where the file system has no locks, the process itself tells. A reused process id has another start.
    const alive = owner.boot === thisHost().boot && owner.start !== null && startMark(owner.pid) === owner.start;
    // A copy of a live run has its `lock`, but nobody owns the copy. A network file system may change the numbers of
    // its folders, so the mark counts only where the owner's lock would be seen.
    if (isAnotherFolder(run, owner) && hasLocks(run.lock)) return null;
    return alive ? { kind: "owned", owner } : null;
  }
  const { token } = owner;
  return isKnownDead(run, token) ? null : { kind: "claimed", owner: { ...owner, token } };
}

/**
 * Returns the owner that holds the locks, or null if `lock` still names an earlier one: a trainer first locks the file
 * and then writes itself into it.
 */
function lockOwner(run: RunDirectory): Owner | null {
  const owner = readOwner(run.lock);
  if (owner === null || owner.released) return null;
  if (isAnotherFolder(run, owner) && isLocalDisk(run.path)) return null;
  const here = thisHost();
  if (owner.host !== here.host) return owner;
  // Older versions write neither boot nor start.
  if (owner.token === null) return isRunning(owner.pid) ? owner : null;
  // An earlier boot of this machine, unless another machine of that name can lock files here.
  if (owner.boot !== here.boot) return isLocalDisk(run.path) ? null : owner;
  return owner.start === null || owner.start === startMark(owner.pid) ? owner : null;
}

/** Returns whether the owner wrote itself into the `lock` of another folder, of which this one is a copy. */
function isAnotherFolder({ path }: RunDirectory, { folder }: Owner): boolean {
  return folder !== null && folder !== folderMark(path);
}

/**
 * Returns whether this process would see the owner's locks. On one machine it does, also after a restart, which
 * releases them. Two of three signs of the same machine are enough: the name of the host, its boot, and a local disk. A
 * container has another name, a restarted machine has another boot, and processes of one machine see each other's locks
 * on a network file system, too.
 */
function locksTell(run: RunDirectory, { host, boot }: Owner): boolean {
  const here = thisHost();
  const sameHost = host === here.host;
  const sameBoot = boot !== null && boot === here.boot;
  return (sameHost && sameBoot) || ((sameHost || sameBoot) && isLocalDisk(run.path));
}

function isStarting({ config, lock, events }: RunDirectory, nowMs: number): boolean {
  // A trainer creates and locks the file, then writes itself into it. Until then it is starting.
  if (isWritten(lock) || isWritten(events)) return false;
  const madeMs = statSync(config, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  // If the clock was set back since, the time is in the future. The run must not count as starting for ever.
  return Math.abs(nowMs - madeMs) < STARTS_WITHIN_MS;
}

/** Returns whether there is a file that is not empty, or anything else at this path. */
function isWritten(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !(found.isFile() && found.size === 0);
}

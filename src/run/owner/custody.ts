/** Who owns a run: a trainer, one that is starting, or nobody. Every command uses this. */
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { HeadlightError } from "../../errors.ts";
import { shellWord } from "../../shell.ts";
import { isLocked } from "../../files/lock.ts";
import { parseStoredJson, readStored } from "../../files/stored.ts";
import type { RunDirectory } from "../folder/directory.ts";

/** The content of a run's `lock` file, written by its owner. */
export const ownerSchema = z.object({ pid: z.int(), host: z.string(), socket: z.string() });
export type Owner = z.infer<typeof ownerSchema>;

export type Custody =
  /** A trainer owns the run. `owner` is null until the trainer has written itself into `lock`. */
  | { readonly kind: "owned"; readonly owner: Owner | null }
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

/** Returns who owns a run. Never throws: if the run cannot be read, nobody owns it, and taking it will fail. */
export function custodyOf(run: RunDirectory, nowMs: number = Date.now()): Custody {
  // This comes first: a trainer that starts between the two checks holds the lock at the second one.
  const starting = isStarting(run, nowMs);
  if (isOwned(run)) return { kind: "owned", owner: ownerIn(run.lock) };
  return { kind: starting ? "starting" : "nobody" };
}

/** Returns whether a running trainer owns the run. */
export function isOwned(run: RunDirectory): boolean {
  return isLocked(run.path) || isLocked(run.lock);
}

/** Returns whether a trainer owns the run or is starting. */
export function hasTrainer(run: RunDirectory): boolean {
  return custodyOf(run).kind !== "nobody";
}

/** Refuses a run that has a trainer. @throws HeadlightError (2) that says who trains it */
export function refuseOwned(run: RunDirectory): void {
  const custody = custodyOf(run);
  if (custody.kind === "nobody") return;
  const owner = custody.kind === "owned" ? custody.owner : null;
  const who = owner ? `process ${owner.pid} on ${owner.host}` : "a process that is just starting";
  throw new HeadlightError(
    `Run ${run.id} is being trained by ${who}. To watch it: deno task watch ${shellWord(run.path)}`,
  );
}

/** Returns whether the owner runs on another machine, which shares the run's folder but no sockets. */
export function isElsewhere(owner: Owner): boolean {
  return owner.host !== hostname();
}

function ownerIn(lock: string): Owner | null {
  try {
    const file = { path: lock, remedy: "", exitStatus: 1 } as const;
    return parseStoredJson(readStored(file), file, ownerSchema);
  } catch {
    // A trainer locks the file before it writes to it, and rewrites a damaged file.
    return null;
  }
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

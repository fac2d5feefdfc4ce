/** A viewer's way to a run: to its trainer while one lives, to its log otherwise. */
import { existsSync, statSync } from "node:fs";
import type { RunConnection, ViewerOptions } from "./connection.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { FollowedRun, LoggedRun } from "./logged_run.ts";
import { LiveConnection } from "./live_connection.ts";
import { ownershipOf } from "../owner/owner.ts";
import { isElsewhere, reach } from "./reach.ts";

export interface AttachOptions extends ViewerOptions {
  /**
   * Whether there is still a trainer to wait for. A trainer that was just started has no lock yet; false ends the
   * waiting and the log is all there is.
   */
  readonly trainerMayCome: () => boolean;
}

/** Between two looks for a trainer that is starting, or that is making its lost socket anew. */
const LOOK_MS = 10;
/** A trainer makes a lost socket anew within 2 s (`keepReachable`). */
const UNREACHABLE_AFTER_MS = 3000;

/** Attaches to a run, live or over. Resolves as soon as events can be read. */
export async function attach(run: RunDirectory, options: AttachOptions): Promise<RunConnection> {
  let heldSinceMs: number | null = null;
  while (true) {
    // Asked first: a trainer that comes between the two looks holds the lock at the second.
    const mayCome = options.trainerMayCome();
    const ownership = ownershipOf(run.lock);
    if (!ownership.held) {
      if (!mayCome) return new LoggedRun(run);
      heldSinceMs = null;
    } else {
      const { owner } = ownership;
      const socket = await reach(owner);
      if (socket) return new LiveConnection(run, socket, options);
      heldSinceMs ??= performance.now();
      const waitedLong = performance.now() - heldSinceMs > UNREACHABLE_AFTER_MS;
      if ((owner && isElsewhere(owner)) || (waitedLong && !mayCome)) {
        return new FollowedRun(run, owner);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Whether a living trainer owns the run. */
export function isLive(run: RunDirectory): boolean {
  return ownershipOf(run.lock).held;
}

/** Whether a living trainer owns the run, or is about to. */
export function isLiveOrStarting(run: RunDirectory): boolean {
  // In this order, as in `attach`.
  return isStarting(run) || isLive(run);
}

/** A trainer takes its lock within a second of the run's making; on a cold, slow machine within a few. */
const STARTS_WITHIN_MS = 10_000;

/** Whether the run was made a moment ago and its trainer may still be on its way. */
export function isStarting(run: RunDirectory, nowMs: number = Date.now()): boolean {
  // A trainer makes the lock's file, locks it, and writes itself into it: until then it is still on its way.
  const named = (statSync(run.lock, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (named || existsSync(run.events)) return false;
  const made = statSync(run.config, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return nowMs - made < STARTS_WITHIN_MS;
}

/** A viewer's way to a run: to its trainer while one lives, to its log otherwise. */
import type { RunDirectory } from "../folder/directory.ts";
import { custodyOf, isElsewhere } from "../owner/custody.ts";
import type { RunConnection, ViewerOptions } from "./connection.ts";
import { LiveConnection } from "./live_connection.ts";
import { FollowedRun, LoggedRun } from "./logged_run.ts";
import { reach } from "./reach.ts";

export interface AttachOptions extends ViewerOptions {
  /**
   * Whether there is still a trainer to wait for, for the viewer that started it and knows. A trainer that was just
   * started has no lock yet. Anybody else asks the run's folder (`custodyOf`).
   */
  readonly trainerMayCome?: () => boolean;
}

/** Between two looks for a trainer that is starting, or that is making its lost socket anew. */
const LOOK_MS = 10;
/** A trainer makes a lost socket or lock anew within half a second (`keepRun`); on a loaded machine it takes longer. */
const UNREACHABLE_AFTER_MS = 3000;

/** Attaches to a run, live or over. Resolves as soon as events can be read. */
export async function attach(run: RunDirectory, options: AttachOptions): Promise<RunConnection> {
  let ownedSinceMs: number | null = null;
  while (true) {
    // Asked first: a trainer that comes between the two looks holds the lock at the second.
    const mayCome = options.trainerMayCome?.() ?? false;
    const custody = custodyOf(run);
    if (custody.kind !== "owned") {
      const waits = options.trainerMayCome ? mayCome : custody.kind === "starting";
      if (!waits) return new LoggedRun(run);
      ownedSinceMs = null;
    } else {
      const { owner } = custody;
      const socket = await reach(owner);
      if (socket) return new LiveConnection(run, socket, options);
      ownedSinceMs ??= performance.now();
      const waitedLong = performance.now() - ownedSinceMs > UNREACHABLE_AFTER_MS;
      if ((owner && isElsewhere(owner)) || (waitedLong && !mayCome)) return new FollowedRun(run, owner);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

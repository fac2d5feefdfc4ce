/** Connects a viewer to a run: to its trainer if that is running, else to its log. */
import type { RunDirectory } from "../folder/directory.ts";
import { custodyOf } from "../owner/custody.ts";
import { isElsewhere } from "../owner/owner_record.ts";
import type { RunConnection, ViewerOptions } from "./connection.ts";
import { LiveConnection } from "./live_connection.ts";
import { FollowedRun, LoggedRun } from "./logged_run.ts";
import { reach } from "./reach.ts";

export interface AttachOptions extends ViewerOptions {
  /**
   * Whether the trainer may still come. Set by the viewer that has started the trainer, because a trainer that was just
   * started has no lock yet. Other viewers look at the run's folder (`custodyOf`).
   */
  readonly trainerMayCome?: () => boolean;
}

/** The interval between two looks for a trainer that is starting, or that is recreating its socket. */
const LOOK_MS = 10;
/**
 * How long a trainer may be unreachable. It recreates a lost socket or lock within half a second (`keepRun`), but later
 * if the machine is under load.
 */
const UNREACHABLE_AFTER_MS = 3000;

/** Attaches to a run, live or finished. Resolves as soon as events can be read. */
export async function attach(run: RunDirectory, options: AttachOptions): Promise<RunConnection> {
  let ownedSinceMs: number | null = null;
  while (true) {
    // This comes first: a trainer that starts between the two checks holds the lock at the second one.
    const mayCome = options.trainerMayCome?.() ?? false;
    const custody = custodyOf(run);
    if (custody.kind === "claimed") return new FollowedRun(run, custody.owner, options);
    if (custody.kind !== "owned") {
      const waits = options.trainerMayCome ? mayCome : custody.kind === "starting";
      if (!waits) return new LoggedRun(run, typeof options.since === "number" ? options.since : 0);
      ownedSinceMs = null;
    } else {
      const { owner } = custody;
      const socket = await reach(owner);
      if (socket) return new LiveConnection(run, socket, options);
      ownedSinceMs ??= performance.now();
      const waitedLong = performance.now() - ownedSinceMs > UNREACHABLE_AFTER_MS;
      // While the trainer that was started takes the run, `lock` may still name the last owner.
      if (!mayCome && (waitedLong || (owner && isElsewhere(owner)))) {
        return new FollowedRun(run, owner, options);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Notices that a run goes on that has ended or was lost, for viewers that are still open. */
import { statSync } from "node:fs";
import type { RunDirectory } from "../folder/directory.ts";
import { lastSeq } from "../log/event_log.ts";
import { attach } from "./attach.ts";
import type { RunConnection } from "./connection.ts";

const LOOK_EVERY_MS = 1000;

export interface GoneOnOptions {
  /** The number of the last event that the viewer knows. */
  readonly seen: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly lookEveryMs?: number;
}

/**
 * Waits until the log has events that the viewer does not know, because somebody has resumed the run, and connects to
 * it. The log shows this on every machine that shares the folder, and also if that trainer has ended again.
 * @returns null if the waiting was ended
 */
export async function goneOn(
  run: RunDirectory,
  { seen, signal, lookEveryMs = LOOK_EVERY_MS }: GoneOnOptions,
): Promise<RunConnection | null> {
  let bytes = -1;
  while (!signal.aborted) {
    const size = statSync(run.events, { throwIfNoEntry: false })?.size ?? 0;
    // Reading the end of a log that nobody writes to would be needless.
    if (size !== bytes && lastSeq(run.events) > seen) {
      return await attach(run, { role: "viewer", stopOnLoss: false, since: "start" });
    }
    bytes = size;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return null;
}

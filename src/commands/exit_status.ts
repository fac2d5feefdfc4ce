/**
 * Exit statuses: 0 finished, stopped early, detached or stopped on request; 1 failed; 128 + the number of the signal that
 * ended the run.
 */
import type { EventOf } from "../events.ts";
import { signalStatus } from "../stop_signals.ts";

/** The status that an ended run gives the viewer that started it. */
export function endStatus(end: Pick<EventOf<"end">, "reason" | "signal">): number {
  if (end.reason === "failed") return 1;
  if (end.reason === "interrupted") return signalStatus(end.signal ?? "SIGTERM");
  return 0;
}

/**
 * Exit statuses: 0 if the run finished, stopped early, was detached from or was stopped on request; 1 if it failed; 2
 * if its options cannot be used on this machine, or if it was resumed and cannot go on with what it was given; 75 if a
 * disk had no room, so that the run can go on later; 128 + the signal's number if a signal ended it.
 */
import type { EventOf } from "./events.ts";
import { signalStatus } from "./stop_signals.ts";

/** Returns whether a resume cannot go on with what it was given. Otherwise somebody ended it before its first step. */
export function isRefusal({ refused, exit_status: status }: Pick<EventOf<"end">, "exit_status" | "refused">): boolean {
  return refused !== undefined && (status === undefined || status === 1 || status === 2);
}

/** Returns the exit status of the trainer of a run, and of the viewer that started it. */
export function endStatus(
  end: Pick<EventOf<"end">, "reason" | "exit_status" | "signal" | "refused">,
): number {
  if (end.refused !== undefined) return end.exit_status ?? 2;
  if (end.reason === "failed") return end.exit_status ?? 1;
  if (end.reason === "interrupted") return signalStatus(end.signal ?? "SIGTERM");
  return 0;
}

/** Exit statuses: 0 finished, stopped early, detached or stopped on request; 1 failed; 130 / 143 ended by a signal. */
import type { EventOf } from "../events.ts";

export const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** The status that an ended run gives the viewer that started it. */
export function endStatus(end: Pick<EventOf<"end">, "reason" | "signal">): number {
  if (end.reason === "failed") return 1;
  if (end.reason === "interrupted") return SIGNAL_STATUS[end.signal ?? "SIGTERM"];
  return 0;
}

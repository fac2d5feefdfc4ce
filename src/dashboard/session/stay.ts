/** How long the dashboard stays once the run that it started has ended by itself. */
import type { EndReason } from "../../events.ts";

/** Long enough to walk back to the screen. */
const STAY_MS = 60_000;

/** Until a person leaves. */
export const FOR_EVER = Infinity;

export interface StayFlags {
  readonly stay: boolean;
  readonly leave: boolean;
}

/**
 * Returns how long the dashboard stays, in milliseconds: as the flags say, else not at all in a Slurm job, whose next
 * command is waiting, else for a minute.
 */
export function stayMs({ stay, leave }: StayFlags, env: (name: string) => string | undefined): number {
  if (stay) return FOR_EVER;
  return leave || env("SLURM_JOB_ID") ? 0 : STAY_MS;
}

/** Whether a run ended by itself. Whoever asked for the end is waiting for the shell. */
export function endedByItself(reason: EndReason): boolean {
  return reason !== "stopped" && reason !== "interrupted";
}

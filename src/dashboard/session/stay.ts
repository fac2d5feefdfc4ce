/** Decides how long the dashboard stays open after the run that it started has ended. */
import type { EndReason } from "../../events.ts";

/** Long enough to return to the screen. */
const STAY_MS = 60_000;

/** Stay until a person leaves. */
export const FOR_EVER = Infinity;

export interface StayFlags {
  readonly stay: boolean;
  readonly leave: boolean;
}

/**
 * Returns how long the dashboard stays, in milliseconds. The flags decide. The default is a minute, and 0 in a Slurm
 * job, whose next command is waiting.
 */
export function stayMs({ stay, leave }: StayFlags, env: (name: string) => string | undefined): number {
  if (stay) return FOR_EVER;
  return leave || env("SLURM_JOB_ID") ? 0 : STAY_MS;
}

/** Returns whether nobody stopped the run. A person who stopped it wants the shell back at once. */
export function endedByItself(reason: EndReason): boolean {
  return reason !== "stopped" && reason !== "interrupted";
}

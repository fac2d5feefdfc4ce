/** How long a run has worked, from its events. Pure. */
import type { PhaseName, PhaseSeconds, RunEvent } from "../events.ts";

/**
 * Returns the seconds that a run has spent in each phase according to its log. The time between two sessions, while no
 * trainer worked on the run, does not count.
 */
export function workedSeconds(events: Iterable<RunEvent>): PhaseSeconds {
  let seconds: PhaseSeconds = { prepare: 0, extract: 0, train: 0 };
  let phase: PhaseName = "prepare";
  let sinceMs: number | null = null;
  let lastMs = 0;
  const settle = (untilMs: number): void => {
    if (sinceMs !== null) seconds = { ...seconds, [phase]: seconds[phase] + Math.max(0, untilMs - sinceMs) / 1000 };
    sinceMs = untilMs;
  };
  for (const event of events) {
    lastMs = Date.parse(event.time);
    sinceMs ??= lastMs;
    if (event.type === "phase") {
      settle(lastMs);
      phase = event.name;
    } else if (event.type === "end" || event.type === "resume") {
      const { prepare, extract, train } = event.seconds;
      seconds = { prepare, extract, train };
      phase = "prepare";
      sinceMs = lastMs;
    }
  }
  settle(lastMs);
  return seconds;
}

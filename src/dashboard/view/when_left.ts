/** Whether a run goes on when its viewer leaves it. Pure. */
import type { DashboardState } from "./state.ts";

/** Returns whether the run goes on, stays paused until somebody resumes it, or waits for room on a disk. */
export function whenLeft({ run, view }: Pick<DashboardState, "run" | "view">): "goes_on" | "stays_paused" | "waits" {
  if (run.control === "stopping") return "goes_on";
  if (run.waitsFor !== null) return "waits";
  return run.control === "paused" || view.pauseAsked ? "stays_paused" : "goes_on";
}

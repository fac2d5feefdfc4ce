/** Whether a viewer offers to let its run go on, and how. Pure. */
import { type WayOn, wayOn } from "../../run_state/way_on.ts";
import { nextRun } from "./series.ts";
import type { DashboardState } from "./state.ts";

/** Returns how the run goes on if the person asks for it now, or null if the viewer does not offer it. */
export function goOnOffer({ run, view }: DashboardState): WayOn | null {
  if (!view.offersGoOn || view.readOnly || view.goOn !== null || nextRun(view) !== null) return null;
  const reason = run.end?.reason ?? (view.lost ? "lost" : null);
  return reason === null ? null : wayOn({ reason, saved: run.checkpoints.length > 0 });
}

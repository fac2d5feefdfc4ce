/** The time between the end of a run, or the loss of its trainer, and the closing of its dashboard. Pure. */
import type { DashboardState } from "./state.ts";
import type { ViewState } from "./view_state.ts";

/** Returns whether this viewer started the run, the run is over, and the dashboard is still open. */
export function staysAfterEnd({ run, view }: DashboardState): boolean {
  return view.role === "owner" && (run.end !== null || view.lost);
}

/** Returns whether it is time to close. */
export function isTimeToLeave({ leavesAt, now }: Pick<ViewState, "leavesAt" | "now">): boolean {
  return leavesAt !== null && now >= leavesAt;
}

/** Returns the seconds until the dashboard closes, or null if there is no countdown. */
export function secondsToLeave({ leavesAt, now }: Pick<ViewState, "leavesAt" | "now">): number | null {
  return leavesAt === null ? null : Math.max(0, Math.ceil((leavesAt - now) / 1000));
}

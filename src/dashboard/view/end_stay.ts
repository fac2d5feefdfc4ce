/** The time between a run's end and its dashboard's. Pure. */
import type { DashboardState } from "./state.ts";
import type { ViewState } from "./view_state.ts";

/** Whether the dashboard stays although the run that this viewer started has ended. */
export function staysAfterEnd({ run, view }: DashboardState): boolean {
  return view.role === "owner" && run.end !== null;
}

/** Whether the time is up. */
export function isTimeToLeave({ leavesAt, now }: Pick<ViewState, "leavesAt" | "now">): boolean {
  return leavesAt !== null && now >= leavesAt;
}

/** How many seconds are left, or null if nothing is counted down. */
export function secondsToLeave({ leavesAt, now }: Pick<ViewState, "leavesAt" | "now">): number | null {
  return leavesAt === null ? null : Math.max(0, Math.ceil((leavesAt - now) / 1000));
}

/** How a viewer ended. */
import type { StopSignal, ViewerSignal } from "../../stop_signals.ts";
import type { DashboardState } from "../view/state.ts";

/**
 * The signal that closed a viewer which left its run as it was. Missing if a person or the end of the run closed it.
 */
interface Left {
  readonly by?: ViewerSignal;
}

export type DashboardExit =
  /** The viewer received the `end` event. */
  | Left & { readonly how: "ended"; readonly state: DashboardState }
  /** The person left or the terminal hung up. A run that was still training continues. */
  | Left & { readonly how: "detached"; readonly state: DashboardState }
  /** The signal stopped the run, which saved; or the viewer left before the run had stopped. */
  | { readonly how: "signal"; readonly signal: StopSignal; readonly state: DashboardState }
  /** The trainer exited without an `end` event. */
  | Left & { readonly how: "lost"; readonly state: DashboardState };

/** Returns how a viewer ends with its run. Without an `end` event, the trainer was lost. */
export function exitAtEnd(state: DashboardState): DashboardExit {
  if (!state.run.end) return { how: "lost", state };
  const { reason, signal, refused } = state.run.end;
  // A run that could not go on says how it had ended before.
  if (state.view.role === "owner" && reason === "interrupted" && refused === undefined) {
    return { how: "signal", signal: signal ?? "SIGINT", state };
  }
  return { how: "ended", state };
}

/**
 * Returns how a viewer ends that leaves its run as it is.
 * @param by the signal that closes the viewer, if one does
 */
export function exitOnLeaving(state: DashboardState, by?: ViewerSignal): DashboardExit {
  const how = state.run.end ? "ended" : state.view.lost ? "lost" : "detached";
  return { how, state, ...(by ? { by } : {}) };
}

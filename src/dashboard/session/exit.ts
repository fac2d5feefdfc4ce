/** How a viewer ended. */
import type { StopSignal } from "../../stop_signals.ts";
import type { DashboardState } from "../view/state.ts";

export type DashboardExit =
  /** The viewer received the `end` event. */
  | { readonly how: "ended"; readonly state: DashboardState }
  /** The person left or the terminal hung up. A run that was still training continues. */
  | { readonly how: "detached"; readonly state: DashboardState }
  /** The signal stopped the run, which saved; or the viewer left before the run had stopped. */
  | { readonly how: "signal"; readonly signal: StopSignal; readonly state: DashboardState }
  /** The trainer exited without an `end` event. */
  | { readonly how: "lost"; readonly state: DashboardState };

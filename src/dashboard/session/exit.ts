/** How a viewer came to its end. */
import type { StopSignal } from "../../stop_signals.ts";
import type { DashboardState } from "../view/state.ts";

export type DashboardExit =
  /** The `end` event was seen. */
  | { readonly how: "ended"; readonly state: DashboardState }
  /** Left on purpose or hung up; the run goes on where it was going on. */
  | { readonly how: "detached"; readonly state: DashboardState }
  /** The run ended, saved, because of that signal; or the viewer left while it was asked to. */
  | { readonly how: "signal"; readonly signal: StopSignal; readonly state: DashboardState }
  /** The trainer died without `end`. */
  | { readonly how: "lost"; readonly state: DashboardState };

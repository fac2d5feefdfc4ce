import { useSyncExternalStore } from "react";
import type { DashboardState } from "../../src/dashboard/view/state.ts";
import type { Store } from "../../src/dashboard/session/store.ts";

/** Returns the state to draw. */
export function useDashboard(store: Store): DashboardState {
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

import { useSyncExternalStore } from "react";
import type { DashboardState } from "../../src/dashboard/state.ts";
import type { Store } from "../../src/dashboard/store.ts";

/** The state to draw. */
export function useDashboard(store: Store): DashboardState {
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

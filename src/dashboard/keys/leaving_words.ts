/** What the keys that leave the dashboard say of the run. Pure. */
import { inSeries } from "../view/series.ts";
import type { DashboardState } from "../view/state.ts";
import { whenLeft } from "../view/when_left.ts";

/** Returns the description of the key that leaves the dashboard; null if training simply goes on. */
export function leaving(state: DashboardState): string | null {
  const series = inSeries(state) ? ", the series ends" : "";
  switch (whenLeft(state)) {
    case "goes_on":
      return series === "" ? null : `Leave the dashboard; this run goes on${series}`;
    case "stays_paused":
      return `Leave the dashboard; the run stays paused${series}`;
    case "waits":
      return `Leave the dashboard; the run waits for room${series}`;
  }
}

/** Returns the answer to `q` that leaves the dashboard. */
export function detaching(state: DashboardState): string {
  switch (whenLeft(state)) {
    case "goes_on":
      return inSeries(state) ? "detach, only this run goes on" : "detach, training goes on";
    case "stays_paused":
      return inSeries(state) ? "detach, run paused, series ends" : "detach, it stays paused";
    case "waits":
      return inSeries(state) ? "detach, series ends" : "detach";
  }
}

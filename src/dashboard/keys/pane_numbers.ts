/** The panes that can have the focus, in turn or by number. Pure. */
import { focusable, leftOut } from "../layout/layout.ts";
import { panesNow, placements } from "../layout/placements.ts";
import type { PaneName } from "../view/pane_facts.ts";
import type { DashboardState } from "../view/state.ts";

/** Returns the panes on the screen in reading order, and the ones that are only shown zoomed, ordered by number. */
export function panesOf(state: DashboardState): { placed: PaneName[]; hidden: PaneName[] } {
  const unzoomed = { ...state, view: { ...state.view, zoom: null } };
  const [placed, panes] = [placements(unzoomed), panesNow(unzoomed)];
  return { placed: focusable(placed, panes), hidden: leftOut(placed, panes) };
}

/** Returns the pane that gets the focus by a number or by tab. */
export function focusTarget(state: DashboardState, to: number | "next" | "previous"): PaneName | null {
  const { placed, hidden } = panesOf(state);
  const { focus, zoom, panes } = state.view;
  const all = [...placed, ...hidden];
  if (typeof to === "number") {
    return panes.find(({ name, numbered }) => numbered?.number === to && all.includes(name))?.name ?? focus;
  }
  // While a pane is zoomed, tab goes through all panes, because none of them needs a place on the screen.
  const round = zoom === null ? placed : all;
  const current = focus === null ? -1 : round.indexOf(focus);
  if (to === "next") return round[(current + 1) % round.length] ?? null;
  return round[(current <= 0 ? round.length : current) - 1] ?? null;
}

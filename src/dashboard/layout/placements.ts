/** From the state to the layout: which panes have something to say, and how much. */
import { noticesOf } from "../../run_state/run_state.ts";
import { isAtStage } from "../view/pane_facts.ts";
import { stageOf } from "../view/stage.ts";
import type { DashboardState } from "../view/state.ts";
import { layout, type Placement, type SizedPane } from "./layout.ts";

/** The panes of the state's stage. */
export function panesNow({ run, view }: DashboardState): SizedPane[] {
  const stage = stageOf(run);
  return view.panes.filter((pane) => isAtStage(pane, stage)).map((pane) => ({
    ...pane,
    sideRows: pane.sideRows?.(run, view) ?? null,
  }));
}

/** Where the panes stand on a screen of the state's size at its stage. */
export function placements(state: DashboardState): Placement[] {
  const { run, view } = state;
  return layout({
    columns: view.columns,
    rows: view.rows,
    stage: stageOf(run),
    notices: noticesOf(run).length,
    panes: panesNow(state),
    zoom: view.zoom,
  });
}

/** Computes the layout from the state. */
import { noticesOf, type RunState } from "../../run_state/run_state.ts";
import { isAtStage, type PaneFacts, type SizedPane } from "../view/pane_facts.ts";
import { type Stage, stageOf } from "../view/stage.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewState } from "../view/view_state.ts";
import { endRows } from "../run_text/end_rows.ts";
import { layout, type Placement } from "./layout.ts";

/** Returns the panes of a stage, each with the number of rows that it needs for the run's current state. */
export function sizedPanes(
  panes: readonly PaneFacts[],
  stage: Stage,
  run: RunState,
  view: Pick<ViewState, "baseOpen">,
): SizedPane[] {
  return panes.filter((pane) => isAtStage(pane, stage)).map((pane) => {
    const { sideRows = null } = pane;
    return { ...pane, sideRows: typeof sideRows === "function" ? sideRows(run, view) : sideRows };
  });
}

/** Returns the panes of the current stage. */
export function panesNow({ run, view }: DashboardState): SizedPane[] {
  return sizedPanes(view.panes, stageOf(run), run, view);
}

/** Returns the placed panes for the current stage and screen size. */
export function placements(state: DashboardState): Placement[] {
  const { run, view } = state;
  const numbers = new Map(view.panes.map(({ name, numbered }) => [name, numbered?.number]));
  return layout({
    columns: view.columns,
    rows: view.rows,
    stage: stageOf(run),
    notices: noticesOf(run).length,
    panes: panesNow(state),
    zoom: view.zoom,
    footerRows: 1 + endRows(state).length,
  }).map((placement) => {
    const number = numbers.get(placement.pane);
    return number === undefined ? placement : { ...placement, number };
  });
}

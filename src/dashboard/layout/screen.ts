/** From the state to the layout: what the middle of the screen is about, and how much each pane has to say. */
import { layout, type Placement, type Stage } from "./layout.ts";
import { layersShown } from "../panes/parameter_table.ts";
import { systemRows } from "../panes/system_rows.ts";
import type { DashboardState } from "../view/state.ts";

/** Curves as soon as there are any; before that the phase decides. */
export function stageOf({ phase, epochs, end, run }: DashboardState): Stage {
  if (epochs.length > 0 || phase?.name === "train") return "train";
  if (phase?.name === "extract") return "extract";
  return end && run ? "train" : "setup";
}

/** The notices, which stay as long as the run lasts. */
export function noticesOf({ run, end }: DashboardState): readonly string[] {
  return run?.notices ?? end?.notices ?? [];
}

/** Where the panes stand on a screen of the state's size at its stage. */
export function placements(state: DashboardState): Placement[] {
  return layout({
    columns: state.columns,
    rows: state.rows,
    stage: stageOf(state),
    notices: noticesOf(state).length,
    classes: state.run?.dataset.classes.length ?? 0,
    systemRows: systemRows(state.system).length,
    parameterRows: state.run ? layersShown(state.run.parameters.rows, state.baseOpen).length : 5,
    zoom: state.zoom,
  });
}

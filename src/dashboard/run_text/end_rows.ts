/** What comes next, in the dashboard of a run that has ended: rows above the footer's keys. Pure. */
import { stringWidth } from "../text/width.ts";
import type { DashboardState } from "../view/state.ts";
import { staysAfterEnd } from "../view/end_stay.ts";
import { nextSteps } from "./next_steps.ts";

export interface EndRow {
  readonly name: string;
  /** A whole command: a part of one could not be copied. */
  readonly command: string;
}

/** Where the commands begin. */
export const END_COMMAND_COLUMN = 11;
/** Smaller screens have no row to spare. */
const ROWS_AT_LEAST = 20;

/** Returns the steps that fit whole into the screen's width. The summary after the dashboard has all of them. */
export function endRows(state: DashboardState): EndRow[] {
  const { columns, rows } = state.view;
  if (!staysAfterEnd(state) || rows < ROWS_AT_LEAST) return [];
  const room = columns - END_COMMAND_COLUMN;
  return nextSteps(state).flatMap(({ name, wordings }) => {
    const command = wordings.find((wording) => stringWidth(wording) <= room);
    return command === undefined ? [] : [{ name, command }];
  });
}

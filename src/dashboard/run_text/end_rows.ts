/** What comes next, in the dashboard of a run that has ended: rows above the footer's keys. Pure. */
import { stringWidth } from "../text/width.ts";
import type { DashboardState } from "../view/state.ts";
import { staysAfterEnd } from "../view/end_stay.ts";
import { type NextStep, nextSteps } from "./next_steps.ts";

export interface ShownStep {
  readonly name: string;
  /** A whole command: a part of one could not be copied. */
  readonly command: string;
}

/** Where the commands begin. */
export const END_COMMAND_COLUMN = 11;
/** Columns between two steps in a row. */
export const END_GAP = 3;
/** Smaller screens have no row to spare. */
const ROWS_AT_LEAST = 20;

/**
 * Returns rows of steps: all in one row where it has room for them, else one a row, those that fit whole. The summary
 * after the dashboard has all of them.
 */
export function endRows(state: DashboardState): ShownStep[][] {
  const { columns, rows } = state.view;
  if (!staysAfterEnd(state) || rows < ROWS_AT_LEAST) return [];
  const steps = nextSteps(state);
  const inOne = [steps.map(exact), steps.map(short)].find((row) => row.length > 1 && rowWidth(row) <= columns);
  if (inOne) return [inOne];
  const room = columns - END_COMMAND_COLUMN;
  return steps.flatMap(({ name, wordings }) => {
    const command = wordings.find((wording) => stringWidth(wording) <= room);
    return command === undefined ? [] : [[{ name, command }]];
  });
}

function exact({ name, wordings: [command = ""] }: NextStep): ShownStep {
  return { name, command };
}

function short({ name, wordings }: NextStep): ShownStep {
  const [command = ""] = wordings.toSorted((one, other) => stringWidth(one) - stringWidth(other));
  return { name, command };
}

function rowWidth(row: readonly ShownStep[]): number {
  const widths = row.map(({ command }) => END_COMMAND_COLUMN + stringWidth(command));
  return widths.reduce((sum, width) => sum + width, END_GAP * (row.length - 1));
}

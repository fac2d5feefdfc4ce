/** The next steps that the dashboard shows above the footer's keys after the run has ended. Pure. */
import { stringWidth } from "../text/width.ts";
import type { DashboardState } from "../view/state.ts";
import { staysAfterEnd } from "../view/end_stay.ts";
import { type NextStep, nextSteps } from "./next_steps.ts";

export interface ShownStep {
  readonly name: string;
  /** The whole command, so that it can be copied. */
  readonly command: string;
}

/** The column where the commands begin. */
export const END_COMMAND_COLUMN = 11;
/** Columns between two steps in the same row. */
export const END_GAP = 3;
/** The minimum height of a screen that shows next steps. */
const ROWS_AT_LEAST = 20;

/**
 * Returns all steps in one row if they fit; otherwise one row for each step that fits. The summary after the dashboard
 * has all steps.
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

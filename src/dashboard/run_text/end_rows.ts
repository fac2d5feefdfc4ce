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
/** The minimum height of a screen that shows next steps, in rows. */
const ROWS_FOR_STEPS = 20;
/** The minimum height of a screen that shows all of them, in rows. */
const ROWS_FOR_ALL_STEPS = 45;

/**
 * Returns the steps in as few rows as possible, with several in a row; if no two fit into a row, one row for each step
 * that fits. The summary after the dashboard has all steps.
 */
export function endRows(state: DashboardState): ShownStep[][] {
  const { columns, rows } = state.view;
  if (!staysAfterEnd(state) || rows < ROWS_FOR_STEPS) return [];
  const steps = nextSteps(state).filter(({ onLargeScreens }) => !onLargeScreens || rows >= ROWS_FOR_ALL_STEPS);
  const [together] = [steps.map(exact), steps.map(short)].map((shown) => inRows(shown, columns))
    .filter((packed) => packed.length < steps.length && packed.every((row) => rowWidth(row) <= columns))
    .toSorted((one, other) => one.length - other.length);
  if (together) return together;
  const room = columns - END_COMMAND_COLUMN;
  return steps.flatMap(({ name, wordings }) => {
    const command = wordings.find((wording) => stringWidth(wording) <= room);
    return command === undefined ? [] : [[{ name, command }]];
  });
}

/** Puts as many steps into each row as fit, in their order. */
function inRows(steps: readonly ShownStep[], columns: number): ShownStep[][] {
  const packed: ShownStep[][] = [];
  for (const step of steps) {
    const last = packed.at(-1);
    if (last && rowWidth([...last, step]) <= columns) last.push(step);
    else packed.push([step]);
  }
  return packed;
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

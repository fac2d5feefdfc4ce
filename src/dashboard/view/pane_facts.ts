/** The facts about a pane that layout and keys need. Each pane declares its own, in components/. */
import type { RunState } from "../../run_state/run_state.ts";
import type { Stage } from "./stage.ts";

export type PaneName = string;

/** The medium-sized screens. Wider ones have a column at the right, smaller ones have no charts. */
export type Screen = "tall" | "grid" | "narrow" | "stack";

/**
 * The place of a pane on such a screen: in the row under the charts, in the left or right column below it, or in the
 * lowest row. Panes in the same place are in reading order.
 */
export interface Place {
  readonly at: "between" | "left" | "right" | "bottom";
  /** The rows of the pane, including its title. By default it shares the rows that the others of its column leave. */
  readonly rows?: number;
}

export interface PaneNumber {
  /** From 1 to 10, the same in every phase. Panes that are never on the screen together may share a number. */
  readonly number: number;
  /** The name of the pane in the help. */
  readonly called: string;
  /** The name of the pane in the footer after the end of the run, if the footer should offer it. */
  readonly atEnd?: string;
}

/** Returns the key for a number. The key for 10 is 0, as on the keyboard. */
export function numberKey(number: number): string {
  return String(number % 10);
}

export interface PaneFacts {
  readonly name: PaneName;
  /** The stages in which the pane is shown. Default: all. */
  readonly stages?: readonly Stage[];
  /** Whether it is above or below the other panes, or replaces them if nothing else fits. It cannot have the focus. */
  readonly frame?: "top" | "bottom" | "instead";
  /** Whether it is in the middle of the screen. */
  readonly middle?: boolean;
  /** The rows in the column of a wide screen, including its title and an empty line; "rest": what the others leave. */
  readonly sideRows?: "rest" | ((run: RunState, look: { readonly baseOpen: boolean }) => number);
  /** The rows at the bottom of a wide screen, including its title. */
  readonly bottomRows?: number;
  /** Its places on medium-sized screens. */
  readonly places?: Readonly<Partial<Record<Screen, Place>>>;
  /** The rows on a screen too small for charts, for each stage; "rest": what the others leave. */
  readonly compactRows?: Readonly<Partial<Record<Stage, number | "rest">>>;
  /** The number of its key, which focuses it. If it has no place, the key gives it the whole screen. */
  readonly numbered?: PaneNumber;
}

/**
 * A pane of the current stage. `sideRows` are its rows in the column of a wide screen, or null if it has no place
 * there.
 */
export interface SizedPane extends Omit<PaneFacts, "stages" | "sideRows"> {
  readonly sideRows: number | "rest" | null;
}

/** Returns whether the pane is shown at a stage. */
export function isAtStage({ stages }: PaneFacts, stage: Stage): boolean {
  return stages?.includes(stage) ?? true;
}

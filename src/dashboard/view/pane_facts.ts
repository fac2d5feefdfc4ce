/** What the layout and the keys know of a pane. Each pane says it of itself, in components/. */
import type { RunState } from "../../run_state/run_state.ts";
import type { Stage } from "./stage.ts";

export type PaneName = string;

/** The screens between the widest, which has a column at the right, and the smallest, which has no charts. */
export type Screen = "tall" | "grid" | "narrow" | "stack";

/**
 * Where a pane stands on such a screen, in reading order with the others of its place: in the row under the charts, at
 * the left or right of what is below that row, or in the lowest row.
 */
export interface Place {
  readonly at: "between" | "left" | "right" | "bottom";
  /** Its title included. Without them it shares what the others of its column leave. */
  readonly rows?: number;
}

export interface PaneNumber {
  /** From 1 to 10, the same in every phase. Panes that never stand on the same screen may share one. */
  readonly number: number;
  /** What the help calls the pane. */
  readonly called: string;
  /** What the footer calls it after the run's end, if it is one to look at then. */
  readonly atEnd?: string;
}

/** The key of a number: the tenth is 0, as on the keyboard. */
export function numberKey(number: number): string {
  return String(number % 10);
}

export interface PaneFacts {
  readonly name: PaneName;
  /** When it has something to say; always, if not given. */
  readonly stages?: readonly Stage[];
  /** Whether it is above or below the panes, or instead of them where nothing fits. It cannot have the focus. */
  readonly frame?: "top" | "bottom" | "instead";
  /** Whether it is what the middle of the screen is about at its stages. */
  readonly middle?: boolean;
  /** Rows in the column at the right of a wide screen, its title and an empty line included; or what the others leave. */
  readonly sideRows?: "rest" | ((run: RunState, look: { readonly baseOpen: boolean }) => number);
  /** Rows at the bottom of a wide screen, below what the middle is about, its title included. */
  readonly bottomRows?: number;
  /** Its places on the screens in between. */
  readonly places?: Readonly<Partial<Record<Screen, Place>>>;
  /** Rows on a screen too small for charts, at each stage; or what the others leave. */
  readonly compactRows?: Readonly<Partial<Record<Stage, number | "rest">>>;
  /** The key that focuses it. Where it has no place, the key gives it the whole screen. */
  readonly numbered?: PaneNumber;
}

/** A pane that has something to say now, and how many rows it takes at the side; null where it does not stand there. */
export interface SizedPane extends Omit<PaneFacts, "stages" | "sideRows"> {
  readonly sideRows: number | "rest" | null;
}

/** Whether the pane has something to say at a stage. */
export function isAtStage({ stages }: PaneFacts, stage: Stage): boolean {
  return stages?.includes(stage) ?? true;
}

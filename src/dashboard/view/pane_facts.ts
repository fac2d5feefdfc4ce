/** What the layout and the keys know of a pane. Each pane says it of itself, in components/. */
import type { RunState } from "../../run_state/run_state.ts";
import type { Stage } from "./stage.ts";

export type PaneName = string;

export interface PaneFacts {
  readonly name: PaneName;
  /** When it has something to say; always, if not given. */
  readonly stages?: readonly Stage[];
  /** Whether it is around the panes and none of them: header and footer. It cannot have the focus. */
  readonly frame?: boolean;
  /** Whether it is what the middle of the screen is about at its stages. */
  readonly middle?: boolean;
  /** Rows in the column at the right of a wide screen, its title included. */
  readonly sideRows?: (run: RunState, look: { readonly baseOpen: boolean }) => number;
  /** Rows at the bottom of a wide screen, below what the middle is about, its title included. */
  readonly bottomRows?: number;
  /** Rows on a screen too small for charts. */
  readonly compactRows?: number;
  /** Its place among the panes that a small screen leaves out; each of them can have the whole of it. */
  readonly leftOut?: number;
}

/** Whether the pane has something to say at a stage. */
export function isAtStage({ stages }: PaneFacts, stage: Stage): boolean {
  return stages?.includes(stage) ?? true;
}

/** How a pane is registered: what the layout knows of it, what it looks at, and what draws it, in one place. */
import { type ComponentType, memo } from "react";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import type { PaneFacts } from "../src/dashboard/view/pane_facts.ts";
import { initialView, type ViewState } from "../src/dashboard/view/view_state.ts";
import { type RunState, SILENT_RUN } from "../src/run_state/run_state.ts";

/** The parts of the state that a pane looks at. */
export interface LooksAt<R extends keyof RunState, V extends keyof ViewState> {
  readonly run?: readonly R[];
  readonly view?: readonly V[];
}

export interface PaneProps<R extends keyof RunState, V extends keyof ViewState> {
  readonly state: { readonly run: Pick<RunState, R>; readonly view: Pick<ViewState, V> };
  readonly placement: Placement;
  readonly focused: boolean;
}

export interface RegisteredPane extends PaneFacts {
  readonly Component: ComponentType<PaneProps<keyof RunState, keyof ViewState>>;
}

/** For panes that show the clock: they are drawn anew with every change. */
export const EVERYTHING: LooksAt<keyof RunState, keyof ViewState> = {
  run: Object.keys(SILENT_RUN) as (keyof RunState)[],
  view: Object.keys(initialView({ role: "watch", now: 0 })) as (keyof ViewState)[],
};

/**
 * A pane that is drawn anew only where a part of the state that it looks at has changed, or its place or its focus. The
 * view gets no other parts to look at.
 */
export function pane<const R extends keyof RunState = never, const V extends keyof ViewState = never>(
  facts: PaneFacts,
  looksAt: LooksAt<R, V>,
  View: ComponentType<PaneProps<R, V>>,
): RegisteredPane {
  const { run = [], view = [] } = looksAt;
  const Component = memo(
    View,
    (before, after) =>
      before.focused === after.focused && samePlace(before.placement, after.placement) &&
      run.every((name) => before.state.run[name] === after.state.run[name]) &&
      view.every((name) => before.state.view[name] === after.state.view[name]),
  );
  return { ...facts, Component };
}

/** The layout makes a new placement for each frame. */
function samePlace(one: Placement, other: Placement): boolean {
  return one.left === other.left && one.top === other.top && one.width === other.width && one.height === other.height &&
    one.titled === other.titled;
}

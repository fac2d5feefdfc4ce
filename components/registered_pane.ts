/** Registers a pane: its facts for the layout, the parts of the state that it uses, and its component. */
import { type ComponentType, memo } from "react";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import type { PaneFacts } from "../src/dashboard/view/pane_facts.ts";
import { initialView, type ViewState } from "../src/dashboard/view/view_state.ts";
import { type RunState, SILENT_RUN } from "../src/run_state/run_state.ts";

/** The names of the parts of the state that a pane uses. */
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

/** All parts of the state, for panes that show the clock. They are redrawn after every change. */
export const EVERYTHING: LooksAt<keyof RunState, keyof ViewState> = {
  run: Object.keys(SILENT_RUN) as (keyof RunState)[],
  view: Object.keys(initialView({ role: "watch", now: 0 })) as (keyof ViewState)[],
};

/**
 * Returns a pane that is redrawn only if its place, its focus or a part of the state that it uses has changed. The
 * types give its component no other parts.
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

/** Compares placements by value, because the layout creates new ones for each frame. */
function samePlace(one: Placement, other: Placement): boolean {
  return one.left === other.left && one.top === other.top && one.width === other.width && one.height === other.height &&
    one.titled === other.titled;
}

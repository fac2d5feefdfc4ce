import { type ComponentType, memo } from "react";
import type { Placement } from "../src/dashboard/layout/layout.ts";
import type { DashboardState } from "../src/dashboard/view/state.ts";

export interface PaneProps<Name extends keyof DashboardState> {
  readonly state: Pick<DashboardState, Name>;
  readonly placement: Placement;
  readonly focused: boolean;
}

/**
 * A pane that is drawn anew only where a part of the state that it looks at has changed, or its place or its focus. The
 * view gets no other parts to look at.
 */
export function memoPane<const Name extends keyof DashboardState>(
  looksAt: readonly Name[],
  View: ComponentType<PaneProps<Name>>,
): ComponentType<PaneProps<Name>> {
  return memo(
    View,
    (before, after) =>
      before.focused === after.focused && samePlace(before.placement, after.placement) &&
      looksAt.every((name) => before.state[name] === after.state[name]),
  );
}

/** The layout makes a new placement for each frame. */
function samePlace(one: Placement, other: Placement): boolean {
  return one.left === other.left && one.top === other.top && one.width === other.width && one.height === other.height &&
    one.titled === other.titled;
}

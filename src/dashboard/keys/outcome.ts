/** What an intent leads to: changes of the view at once, and what the session is to carry out. Pure. */
import type { Command } from "../../protocol.ts";
import { focusable, leftOut } from "../layout/layout.ts";
import { panesNow, placements } from "../layout/placements.ts";
import type { PaneName } from "../view/pane_facts.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewAction, ViewState } from "../view/view_state.ts";
import type { Intent } from "./key_table.ts";

export type Effect =
  | { readonly type: "send"; readonly command: Command }
  | { readonly type: "leave" | "suspend" | "interrupt" };

export interface Outcome {
  readonly actions: readonly ViewAction[];
  readonly effects: readonly Effect[];
}

/** Returns what a key's intent leads to in a state. */
export function outcomeOf(state: DashboardState, intent: Intent): Outcome {
  switch (intent.type) {
    case "send": {
      const { command } = intent;
      return { actions: requested(state.view, command), effects: [{ type: "send", command: { type: command } }] };
    }
    case "leave":
    case "suspend":
    case "interrupt":
      return { actions: [], effects: [intent] };
    case "view":
      return { actions: [intent.action], effects: [] };
    case "focus": {
      const pane = focusTarget(state, intent.to);
      const zoomed: ViewAction[] = pane !== null && panesOf(state).hidden.includes(pane)
        ? [{ type: "zoom", pane }]
        : [];
      return { actions: [{ type: "focus", pane }, ...zoomed], effects: [] };
    }
    case "zoom":
      return { actions: [{ type: "zoom", pane: state.view.focus ?? panesOf(state).placed[0] ?? null }], effects: [] };
    case "unzoom": {
      const { focus } = state.view;
      const gone: ViewAction[] = focus !== null && panesOf(state).hidden.includes(focus)
        ? [{ type: "focus", pane: null }]
        : [];
      return { actions: [{ type: "zoom", pane: null }, ...gone], effects: [] };
    }
  }
}

/** The actions that go with a request. What comes of it, and when, is for the trainer to say. */
export function requested(view: ViewState, command: Command["type"], hint = ""): ViewAction[] {
  const waiting = view.live === null ? "; waiting for the trainer" : "";
  return [
    { type: "ask_quit", asked: false },
    { type: "message", tone: "info", text: `${command} requested${waiting}${hint}` },
    ...(command === "pause" || command === "resume"
      ? [{ type: "pause_asked" as const, asked: command === "pause" }]
      : []),
  ];
}

/** In the order of their numbers: those on the screen, then those that a small screen leaves out. */
function panesOf(state: DashboardState): { placed: PaneName[]; hidden: PaneName[] } {
  const unzoomed = { ...state, view: { ...state.view, zoom: null } };
  const [placed, panes] = [placements(unzoomed), panesNow(unzoomed)];
  return { placed: focusable(placed, panes), hidden: leftOut(placed, panes) };
}

function focusTarget(state: DashboardState, to: number | "next" | "previous"): PaneName | null {
  const { placed, hidden } = panesOf(state);
  const { focus, zoom } = state.view;
  if (typeof to === "number") return [...placed, ...hidden][to - 1] ?? focus;
  // Zoomed, one goes through all there are: none of them needs a place.
  const round = zoom === null ? placed : [...placed, ...hidden];
  const current = focus === null ? -1 : round.indexOf(focus);
  if (to === "next") return round[(current + 1) % round.length] ?? null;
  return round[(current <= 0 ? round.length : current) - 1] ?? null;
}

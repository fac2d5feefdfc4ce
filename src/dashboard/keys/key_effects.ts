/** What an intent leads to: changes of the view at once, and effects for the session to carry out. Pure. */
import type { Command } from "../../events.ts";
import type { Intent } from "./key_table.ts";
import { focusable, leftOut, type PaneName } from "../layout/layout.ts";
import { placements as placementsOf, stageOf } from "../layout/screen.ts";
import type { DashboardState, LocalAction } from "../view/state.ts";

export type Effect =
  | { readonly type: "send"; readonly command: Command }
  | { readonly type: "leave" }
  | { readonly type: "suspend" }
  | { readonly type: "interrupt" };

export interface Plan {
  readonly actions: readonly LocalAction[];
  readonly effects: readonly Effect[];
}

/** What a key leads to in a state. */
export function plan(state: DashboardState, intent: Intent): Plan {
  switch (intent.type) {
    case "stop":
    case "checkpoint":
    case "pause":
    case "resume": {
      const closed: LocalAction = { type: "ask_quit", asked: false };
      const said: LocalAction = { type: "message", tone: "info", text: askedText(state, intent.type) };
      const pausing: LocalAction[] = intent.type === "pause" || intent.type === "resume"
        ? [{ type: "pause_asked", asked: intent.type === "pause" }]
        : [];
      return { actions: [closed, said, ...pausing], effects: [{ type: "send", command: { type: intent.type } }] };
    }
    case "detach":
    case "leave":
      return { actions: [], effects: [{ type: "leave" }] };
    case "suspend":
      return { actions: [], effects: [{ type: "suspend" }] };
    case "interrupt":
      return { actions: [], effects: [{ type: "interrupt" }] };
    case "ask_quit":
      return view({ type: "ask_quit", asked: true });
    case "unask_quit":
      return view({ type: "ask_quit", asked: false });
    case "open_help":
      return view({ type: "help", open: true });
    case "close_help":
      return view({ type: "help", open: false });
    case "focus": {
      const pane = focusTarget(state, intent.to);
      const zoomed: LocalAction[] = pane !== null && panes(state).hidden.includes(pane) ? [{ type: "zoom", pane }] : [];
      return { actions: [{ type: "focus", pane }, ...zoomed], effects: [] };
    }
    case "open_base":
      return view({ type: "base", open: true });
    case "close_base":
      return view({ type: "base", open: false });
    case "charts":
      return view({ type: "charts", change: intent.change });
    case "log_view":
      return view({ type: "log_view", change: intent.change });
    case "zoom":
      return view({ type: "zoom", pane: state.focus ?? panes(state).placed[0] ?? null });
    case "unzoom": {
      const gone: LocalAction[] = state.focus !== null && panes(state).hidden.includes(state.focus)
        ? [{ type: "focus", pane: null }]
        : [];
      return { actions: [{ type: "zoom", pane: null }, ...gone], effects: [] };
    }
  }
}

/** What was asked and when it takes effect, said at once; the trainer's answer follows. */
export function askedText(state: DashboardState, command: Command["type"]): string {
  const when = whenText(state);
  switch (command) {
    case "stop":
      return `stop asked: ends ${when}, saved`;
    case "checkpoint":
      return `checkpoint asked: written ${when}`;
    case "pause":
      return `pause asked: holds ${when}`;
    case "resume":
      return "resume asked: goes on at once";
  }
}

function whenText({ live, phase }: DashboardState): string {
  if (live === null) return "once the trainer is up";
  if (phase?.name === "extract") return "after the pictures under way";
  if (phase?.name === "train") return "after the batch under way";
  return "after the step under way";
}

function view(action: LocalAction): Plan {
  return { actions: [action], effects: [] };
}

/** In the order of their numbers: those on the screen, then those that a small screen leaves out. */
function panes(state: DashboardState): { placed: PaneName[]; hidden: PaneName[] } {
  const placements = placementsOf({ ...state, zoom: null });
  return { placed: focusable(placements), hidden: leftOut(placements, stageOf(state)) };
}

function focusTarget(state: DashboardState, to: number | "next" | "previous"): PaneName | null {
  const { placed, hidden } = panes(state);
  if (typeof to === "number") return [...placed, ...hidden][to - 1] ?? state.focus;
  // Zoomed, one goes through all there are: none of them needs a place.
  const round = state.zoom === null ? placed : [...placed, ...hidden];
  const current = state.focus === null ? -1 : round.indexOf(state.focus);
  if (to === "next") return round[(current + 1) % round.length] ?? null;
  return round[(current <= 0 ? round.length : current) - 1] ?? null;
}

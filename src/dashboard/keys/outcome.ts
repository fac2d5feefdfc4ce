/** Computes the outcome of an intent: immediate changes of the view, and effects for the session to carry out. Pure. */
import type { Command } from "../../protocol.ts";
import type { Extension } from "../../run_state/way_on.ts";
import type { DashboardState } from "../view/state.ts";
import { followingRun, nextRun } from "../view/series.ts";
import type { ViewAction, ViewState } from "../view/view_state.ts";
import { extensionOf } from "./go_on_question.ts";
import { scrolledHelp } from "./help_text.ts";
import type { Intent } from "./key_binding.ts";
import { takesCommands } from "./key_binding.ts";
import { focusTarget, panesOf } from "./pane_numbers.ts";

export type Effect =
  | { readonly type: "send"; readonly command: Command }
  | { readonly type: "leave" | "suspend" | "interrupt" | "redraw" }
  | { readonly type: "go_on"; readonly extension: Extension };

export interface Outcome {
  readonly actions: readonly ViewAction[];
  readonly effects: readonly Effect[];
}

/** Returns the outcome of an intent in a state. */
export function outcomeOf(state: DashboardState, intent: Intent): Outcome {
  switch (intent.type) {
    case "send": {
      const { command } = intent;
      const hint = command === "stop" ? stopHint(state.view) : "";
      return { actions: requested(state.view, command, hint), effects: [{ type: "send", command: { type: command } }] };
    }
    case "end_series":
      return endSeries(state);
    case "leave":
    case "suspend":
    case "interrupt":
    case "redraw":
      return { actions: [], effects: [intent] };
    case "go_on":
      return {
        actions: [
          { type: "go_on", goOn: { stage: "checking" } },
          { type: "message", tone: "info", text: "checking whether the run can go on" },
        ],
        effects: [{ type: "go_on", extension: extensionOf(state) }],
      };
    case "view":
      return { actions: [intent.action], effects: [] };
    case "scroll_help":
      return { actions: [{ type: "help_top", row: scrolledHelp(state, intent.by) }], effects: [] };
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

/** What follows in a series when its current run stops. */
function stopHint(view: ViewState): string {
  if (nextRun(view) !== null) return "; s again: end the series";
  const following = followingRun(view);
  return following === null ? "" : `; then ${following} begins`;
}

/** The run of a series is stopped only once. If it has ended, its dashboard closes. */
function endSeries(state: DashboardState): Outcome {
  const { view } = state;
  const stops = takesCommands(state) && !view.series?.stopAsked;
  const message = { type: "message", tone: "info", text: "the series ends after this run" } as const;
  return {
    actions: [
      ...(stops ? requested(view, "stop") : []),
      { type: "ask_quit", asked: false },
      { type: "series", change: "ending" },
      message,
    ],
    effects: [
      ...(stops ? [{ type: "send", command: { type: "stop" } } as const] : []),
      ...(takesCommands(state) ? [] : [{ type: "leave" } as const]),
    ],
  };
}

/** Returns the changes of the view for a request. The trainer reports its result later. */
export function requested(view: ViewState, command: Command["type"], hint = ""): ViewAction[] {
  const waiting = view.live === null ? "; waiting for the trainer" : "";
  return [
    { type: "ask_quit", asked: false },
    { type: "message", tone: "info", text: `${command} requested${waiting}${hint}` },
    ...(command === "stop" && view.series ? [{ type: "series" as const, change: "stop_asked" as const }] : []),
    ...(command === "pause" || command === "resume"
      ? [{ type: "pause_asked" as const, asked: command === "pause" }]
      : []),
  ];
}

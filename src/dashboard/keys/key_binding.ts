/** The actions that keys can be bound to, and the type of a binding. */
import type { Command } from "../../protocol.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewAction } from "../view/view_state.ts";

/** The action that a key is bound to. */
export type Intent =
  | { readonly type: "send"; readonly command: Command["type"] }
  /** Ends the series of runs, and stops the run unless it is stopping or has ended. */
  | { readonly type: "end_series" }
  | { readonly type: "leave" | "suspend" | "interrupt" | "redraw" }
  /** Lets the run go on, as the question was answered if there was one. */
  | { readonly type: "go_on" }
  | { readonly type: "zoom" | "unzoom" }
  | { readonly type: "focus"; readonly to: number | "next" | "previous" }
  | { readonly type: "scroll_help"; readonly by: number }
  /** A change of the view. */
  | { readonly type: "view"; readonly action: ViewAction };

export interface KeyBinding {
  /** The names of the keys, as `keyNames` returns them. */
  readonly keys: readonly string[];
  /** The keys as they are shown to people. */
  readonly shown: string;
  /** One or two words for the footer. */
  readonly label: string | ((state: DashboardState) => string);
  readonly description: string;
  /** A description for the help that replaces `description` if that is not true in the current state. */
  readonly now?: (state: DashboardState) => string | null;
  /** A few words for narrow screens: the description of a key of the main view, or the label of an answer to `q`. */
  readonly brief?: (state: DashboardState) => string;
  /** Where the key is bound: in the main view, in the questions of `q` and of `r`, or in the help. */
  readonly mode: Mode;
  readonly available: (state: DashboardState) => boolean;
  /** Whether the help lists the key even while it is not available. */
  readonly alwaysInHelp?: boolean;
  readonly intent: (key: string, state: DashboardState) => Intent;
  /** The priority in the footer, the lowest number first, or null if the footer never shows the key. */
  readonly footer: number | null;
}

export type Mode = "main" | "quit" | "go_on" | "help";

/** A binding without the defaults: in the main view, always available, and not in the footer. */
export type Entry = Omit<KeyBinding, "mode" | "available" | "footer"> & Partial<KeyBinding>;

/** Returns whether the trainer accepts commands. Commands that are given before it is connected are sent afterwards. */
export function takesCommands({ run, view }: DashboardState): boolean {
  return view.live !== false && !run.end && !view.lost;
}

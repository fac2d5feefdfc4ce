/** What a key can mean, and what is known of each. */
import type { Command } from "../../protocol.ts";
import type { DashboardState } from "../view/state.ts";
import type { ViewAction } from "../view/view_state.ts";

/** The action that a key is bound to. */
export type Intent =
  | { readonly type: "send"; readonly command: Command["type"] }
  | { readonly type: "leave" | "suspend" | "interrupt" | "redraw" }
  | { readonly type: "zoom" | "unzoom" }
  | { readonly type: "focus"; readonly to: number | "next" | "previous" }
  | { readonly type: "scroll_help"; readonly by: number }
  /** A change of the view, as it is. */
  | { readonly type: "view"; readonly action: ViewAction };

export interface KeyBinding {
  /** Names as `keyName` gives them. */
  readonly keys: readonly string[];
  /** How the keys are written for people. */
  readonly shown: string;
  /** One or two words, for the footer. */
  readonly label: string | ((state: DashboardState) => string);
  readonly description: string;
  /** The description in the help of a state in which not all of it is true. */
  readonly now?: (state: DashboardState) => string | null;
  /** In a few words, for a narrow screen: the description of a key of the main view, the label of an answer to `q`. */
  readonly brief?: (state: DashboardState) => string;
  /** Where the key means something: in the main view, under the question of `q`, in the help. */
  readonly mode: Mode;
  readonly available: (state: DashboardState) => boolean;
  readonly intent: (key: string, state: DashboardState) => Intent;
  /** The footer names it where there is room, lower numbers first; null: never. */
  readonly footer: number | null;
}

export type Mode = "main" | "quit" | "help";

/** Whether there is a trainer that takes commands. Before the connection stands there is one on its way. */
export function takesCommands({ run, view }: DashboardState): boolean {
  return view.live !== false && !run.end && !view.lost;
}

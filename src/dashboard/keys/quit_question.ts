/** The question of `q`, shortened to the width of the screen. The question and all answers must always be visible. */
import { KEYS } from "./key_table.ts";
import { FOOTER_GAP, labelOf } from "./keys.ts";
import type { DashboardState } from "../view/state.ts";

export interface QuitQuestion {
  /** The question, including the spaces before the first answer. Empty if there is only room for the answers. */
  readonly ask: string;
  /** Columns between two answers. */
  readonly gap: number;
  /** The answers. With an empty label, only the key is shown. */
  readonly keys: readonly { readonly shown: string; readonly label: string }[];
}

/** Returns the longest form that fits into `width` columns, or the shortest one. */
export function quitQuestion(state: DashboardState, width: number): QuitQuestion {
  const answers = KEYS.filter((key) => key.mode === "quit" && key.footer !== null && key.available(state));
  const whole = answers.map((key) => ({ shown: key.shown, label: labelOf(key, state) }));
  const short = answers.map((key) => ({ shown: key.shown, label: key.brief?.(state) ?? labelOf(key, state) }));
  // Escape needs no explanation.
  const shorter = short.map(({ shown, label }) => ({ shown, label: shown === "esc" ? "" : label }));
  const names = short.map(({ shown }) => ({ shown, label: "" }));
  const shortest = { ask: "", gap: 1, keys: names };
  const wordings: readonly QuitQuestion[] = [
    { ask: "Quit?  ", gap: FOOTER_GAP, keys: whole },
    { ask: "Quit?  ", gap: FOOTER_GAP, keys: short },
    { ask: "Quit? ", gap: 1, keys: short },
    { ask: "", gap: 1, keys: short },
    { ask: "", gap: 1, keys: shorter },
    { ask: "Quit? ", gap: 1, keys: names },
  ];
  return wordings.find((wording) => widthOf(wording) <= width) ?? shortest;
}

function widthOf({ ask, gap, keys }: QuitQuestion): number {
  const texts = keys.map(({ shown, label }) => shown.length + (label === "" ? 0 : 1 + label.length));
  return ask.length + texts.reduce((sum, length) => sum + length, gap * (keys.length - 1));
}

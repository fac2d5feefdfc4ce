/** What keys mean and how they are shown: everything that is read off the key table. */
import type { Intent, KeyBinding, Mode } from "./key_binding.ts";
import { KEYS } from "./key_table.ts";
import type { DashboardState } from "../view/state.ts";

export { FOCUS_KEYS } from "./key_table.ts";

/** Columns between two keys in the footer. */
export const FOOTER_GAP = 2;

/** Which keys mean something: those of the main view, of the question of `q`, or of the help. */
export function modeOf({ view }: DashboardState): Mode {
  return view.quitAsked ? "quit" : view.help ? "help" : "main";
}

/** Returns the action bound to a key in the current state, or null if the key is unbound. */
export function intentOf(state: DashboardState, key: string): Intent | null {
  const mode = modeOf(state);
  const binding = KEYS.find((candidate) =>
    candidate.mode === mode && candidate.keys.includes(key) && candidate.available(state)
  );
  return binding?.intent(key, state) ?? null;
}

/** A key as the footer names it. */
export interface FooterKey {
  readonly shown: string;
  readonly label: string;
}

/** The keys that the footer names now, in the table's order: at most `most`, the most important ones that fit. */
export function footerKeys(state: DashboardState, width: number, most = Infinity): FooterKey[] {
  const mode = modeOf(state);
  const candidates = KEYS.filter((key) => key.footer !== null && key.mode === mode && key.available(state));
  const byRank = [...candidates].sort((one, other) => (one.footer ?? 0) - (other.footer ?? 0));
  let room = width;
  const kept = new Set<KeyBinding>();
  for (const key of byRank) {
    room -= key.shown.length + 1 + labelOf(key, state).length + FOOTER_GAP;
    if (room + FOOTER_GAP < 0 || kept.size >= most) break;
    kept.add(key);
  }
  return candidates.filter((key) => kept.has(key)).map((key) => ({ shown: key.shown, label: labelOf(key, state) }));
}

/** What a key does in the current state, in one or two words. */
export function labelOf({ label }: Pick<KeyBinding, "label">, state: DashboardState): string {
  return typeof label === "string" ? label : label(state);
}

/** The keys of the main view that mean something now, for the help. */
export function helpKeys(state: DashboardState): { shown: string; description: string; brief: string }[] {
  // The key that leads back from a zoomed pane is explained before one is zoomed.
  const zoomed = { ...state, view: { ...state.view, zoom: state.view.focus ?? "" } };
  return KEYS.filter((key) => key.mode === "main" && key.available(zoomed)).map(
    ({ shown, description, now, brief }) => {
      const said = now?.(state) ?? description;
      return { shown, description: said, brief: brief?.(state) ?? said };
    },
  );
}

/** The table for the README. */
export function keyTableMarkdown(): string {
  const rows = KEYS.filter(({ mode }) => mode === "main").map(({ shown, description }) =>
    `| \`${shown}\` | ${description} |`
  );
  return ["| key | what it does |", "|---|---|", ...rows].join("\n");
}

/** The parts of a key press that the program uses. Compatible with Ink's `Key`. */
export interface KeyPress {
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly escape: boolean;
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly return: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly home: boolean;
  readonly end: boolean;
}

/** Ink's names of keys and the names in the key table. */
const NAMED = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "page-up"],
  ["pageDown", "page-down"],
  ["return", "enter"],
  ["backspace", "backspace"],
  // What terminals send for the key above enter is called so by Ink.
  ["delete", "backspace"],
  ["home", "home"],
  ["end", "end"],
] as const;

/** The name of a key that the table has no name for, such as F5. */
export const OTHER_KEY = "other";

/**
 * The most different keys that count as typed when they arrive at once. A busy machine or a slow line delivers a few
 * keys together. More are text that was pasted into a terminal without bracketed paste mode.
 */
const TYPED_AT_ONCE = 8;

/** Returns the names, as the table has them, of the keys that arrived in one piece; none for pasted text. */
export function keyNames(input: string, key: KeyPress): string[] {
  if (key.escape) return ["escape"];
  const named = NAMED.find(([name]) => key[name]);
  if (named) return [named[1]];
  if (key.tab) return [key.shift ? "shift-tab" : "tab"];
  const characters = [...input];
  if (key.meta || characters.length === 0) return [OTHER_KEY];
  if (key.ctrl) return [`ctrl-${input}`];
  // A key that is held down repeats for as long as nobody reads it.
  const held = characters.every((character) => character === characters[0]);
  return held || characters.length <= TYPED_AT_ONCE ? characters.map(characterKey) : [];
}

/** The key that sends a character, named as Ink names it when the character arrives alone. */
function characterKey(character: string): string {
  if (character === "\t") return "tab";
  if (character === "\r" || character === "\n") return "enter";
  if (character === "\x7f") return "backspace";
  const code = character.charCodeAt(0);
  // Ctrl and a letter send the letter's place in the alphabet.
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : character;
}

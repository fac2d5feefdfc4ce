/** Looks up keys in the key table, and formats them for footer, help and README. */
import type { Intent, KeyBinding, Mode } from "./key_binding.ts";
import { KEYS } from "./key_table.ts";
import type { DashboardState } from "../view/state.ts";

export { FOCUS_KEYS } from "./key_table.ts";

/** Columns between two keys in the footer. */
export const FOOTER_GAP = 2;

/** Returns which keys are bound now: those of the main view, of the questions of `q` and `r`, or of the help. */
export function modeOf({ view }: DashboardState): Mode {
  if (view.goOn?.stage === "asking") return "go_on";
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

/** A key as the footer shows it. */
export interface FooterKey {
  readonly shown: string;
  readonly label: string;
}

/** Returns the most important keys that fit into the footer, at most `most`, in the order of the table. */
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

/** Returns what a key does in the current state, in one or two words. */
export function labelOf({ label }: Pick<KeyBinding, "label">, state: DashboardState): string {
  return typeof label === "string" ? label : label(state);
}

/** Returns the keys of the main view that are bound now, for the help. */
export function helpKeys(state: DashboardState): { shown: string; description: string; brief: string }[] {
  return KEYS.filter((key) => key.mode === "main" && (key.alwaysInHelp || key.available(state))).map(
    ({ shown, description, now, brief }) => {
      const said = now?.(state) ?? description;
      return { shown, description: said, brief: brief?.(state) ?? said };
    },
  );
}

/** Returns the Markdown table for the README. */
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

/** Ink's names of keys, and their names in the key table. */
const NAMED = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "page-up"],
  ["pageDown", "page-down"],
  ["return", "enter"],
  ["backspace", "backspace"],
  // Ink calls the backspace key of most terminals (0x7f) "delete".
  ["delete", "backspace"],
  ["home", "home"],
  ["end", "end"],
] as const;

/** The name for keys that have none in the table, such as F5. */
export const OTHER_KEY = "other";

/**
 * The maximum number of different keys that are accepted when they arrive together. A busy machine or a slow line
 * delivers a few keys together. More are probably text that was pasted in a terminal without bracketed paste mode.
 */
const TYPED_AT_ONCE = 8;

/** Returns the names (as in the table) of keys that arrived together. Returns none for pasted text. */
export function keyNames(input: string, key: KeyPress): string[] {
  if (key.escape) return ["escape"];
  const named = NAMED.find(([name]) => key[name]);
  if (named) return [named[1]];
  if (key.tab) return [key.shift ? "shift-tab" : "tab"];
  const characters = [...input];
  // A terminal sends escape and ctrl-c that arrive together as it sends alt-ctrl-c. A wish to stop must not be lost.
  if (key.meta && key.ctrl && characters.length === 1) return ["escape", `ctrl-${input}`];
  if (key.meta || characters.length === 0) return [OTHER_KEY];
  if (key.ctrl) return [`ctrl-${input}`];
  // A key that is held down repeats, and the repetitions may arrive together.
  const held = characters.every((character) => character === characters[0]);
  return held || characters.length <= TYPED_AT_ONCE ? characters.map(characterKey) : [];
}

/** Returns the name of the key that sends a character, as if the character had arrived alone. */
function characterKey(character: string): string {
  if (character === "\t") return "tab";
  if (character === "\r" || character === "\n") return "enter";
  if (character === "\x7f") return "backspace";
  const code = character.charCodeAt(0);
  // Ctrl with a letter sends the position of the letter in the alphabet.
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : character;
}

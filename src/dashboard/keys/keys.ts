/** What keys mean and how they are shown: everything that is read off the key table. */
import { type Intent, type KeyBinding, KEYS, type Mode } from "./key_table.ts";
import type { DashboardState } from "../view/state.ts";

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

/** The keys that the footer names now, in the table's order: the most important ones that fit into `width`. */
export function footerKeys(state: DashboardState, width: number): { shown: string; label: string }[] {
  const mode = modeOf(state);
  const candidates = KEYS.filter((key) => key.footer !== null && key.mode === mode && key.available(state));
  const byRank = [...candidates].sort((one, other) => (one.footer ?? 0) - (other.footer ?? 0));
  let room = width;
  const kept = new Set<KeyBinding>();
  for (const key of byRank) {
    room -= key.shown.length + 1 + key.label.length + FOOTER_GAP;
    if (room + FOOTER_GAP < 0) break;
    kept.add(key);
  }
  return candidates.filter((key) => kept.has(key)).map(({ shown, label }) => ({
    shown,
    label: label === "pause" && state.run.control === "paused" ? "resume" : label,
  }));
}

/** The keys of the main view that mean something now, for the help. */
export function helpKeys(state: DashboardState): { shown: string; description: string; brief: string }[] {
  // The key that leads back from a zoomed pane is explained before one is zoomed.
  const zoomed = { ...state, view: { ...state.view, zoom: state.view.focus ?? "" } };
  return KEYS.filter((key) => key.mode === "main" && key.available(zoomed)).map(
    ({ shown, description, brief }) => ({ shown, description, brief: brief?.(state) ?? description }),
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

/** The name of a key as the table has it; null for several characters at once, which is pasted text, not a key. */
export function keyName(input: string, key: KeyPress): string | null {
  if (key.escape) return "escape";
  const named = NAMED.find(([name]) => key[name]);
  if (named) return named[1];
  if (key.tab) return key.shift ? "shift-tab" : "tab";
  if ([...input].length !== 1 || key.meta) return null;
  return key.ctrl ? `ctrl-${input}` : input;
}

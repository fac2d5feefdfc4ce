/** The one table of keys: handler, footer, help, README and tests all come from it. */
import type { ChartChange } from "./chart_view.ts";
import type { LogChange } from "./log_view.ts";
import type { DashboardState } from "./state.ts";

/** What a key asks for. */
export type Intent =
  | { readonly type: "stop" | "checkpoint" | "pause" | "resume" }
  | { readonly type: "detach" | "leave" | "ask_quit" | "unask_quit" | "interrupt" }
  | { readonly type: "suspend" | "open_base" | "close_base" }
  | { readonly type: "open_help" | "close_help" | "zoom" | "unzoom" }
  | { readonly type: "focus"; readonly to: number | "next" | "previous" }
  | { readonly type: "charts"; readonly change: ChartChange }
  | { readonly type: "log_view"; readonly change: LogChange };

export interface KeyBinding {
  /** Names as `keyName` gives them. */
  readonly keys: readonly string[];
  /** How the keys are written for people. */
  readonly shown: string;
  /** One or two words, for the footer. */
  readonly label: string;
  readonly description: string;
  /** In a few words, for a narrow screen: the description of a key of the main view, the label of an answer to `q`. */
  readonly brief?: (state: DashboardState) => string;
  /** Where the key means something: in the main view, under the question of `q`, in the help. */
  readonly mode: Mode;
  readonly available: (state: DashboardState) => boolean;
  readonly intent: (key: string, state: DashboardState) => Intent;
  /** The footer names it where there is room, lower numbers first; null: never. */
  readonly footer: number | null;
}

/** Columns between two keys in the footer. */
export const FOOTER_GAP = 2;

export type Mode = "main" | "quit" | "help";

/** Whether there is a trainer that takes commands. Before the connection stands there is one on its way. */
export function isLive(state: DashboardState): boolean {
  return state.live !== false && !state.end && !state.lost;
}

/** Whether this viewer may tell the trainer something, and there is one. */
const commanding = (state: DashboardState) => isLive(state) && !state.readOnly;
const always = () => true;
const owning = (state: DashboardState) => state.role === "owner" && isLive(state);
/** Whether there are curves. */
const drawn = ({ epochs }: DashboardState) => epochs.length > 0;
type Scroll = Extract<LogChange, { type: "scroll" }>["to"];
const SCROLLS: Readonly<Record<string, Scroll>> = {
  j: "down",
  k: "up",
  down: "down",
  up: "up",
  "page-down": "page_down",
  "page-up": "page_up",
};
const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export const KEYS: readonly KeyBinding[] = [
  {
    keys: ["s"],
    shown: "s",
    label: "stop",
    description: "Stop after the batch under way and save; nothing is lost",
    brief: () => "stop and save",
    mode: "main",
    available: commanding,
    intent: () => ({ type: "stop" }),
    footer: 1,
  },
  {
    keys: ["c"],
    shown: "c",
    label: "checkpoint",
    description: "Write a checkpoint after the batch under way",
    brief: () => "write a checkpoint",
    mode: "main",
    available: commanding,
    intent: () => ({ type: "checkpoint" }),
    footer: 5,
  },
  {
    keys: ["p"],
    shown: "p",
    label: "pause",
    description: "Pause after the batch under way; again: go on",
    brief: () => "pause, or go on",
    mode: "main",
    available: commanding,
    intent: (_, state) => ({ type: state.pauseAsked || state.control === "paused" ? "resume" : "pause" }),
    footer: 4,
  },
  {
    keys: ["d"],
    shown: "d",
    label: "detach",
    description: "Leave the dashboard; training goes on",
    brief: () => "leave it training",
    mode: "main",
    available: owning,
    intent: () => ({ type: "detach" }),
    footer: 6,
  },
  {
    keys: ["q"],
    shown: "q",
    label: "quit",
    description: "Ask whether to detach or to stop; in watch: leave",
    brief: (state) => (owning(state) ? "detach or stop?" : "leave"),
    mode: "main",
    available: always,
    intent: (_, state) => (owning(state) ? { type: "ask_quit" } : { type: "leave" }),
    footer: 2,
  },
  {
    keys: ["ctrl-c"],
    shown: "ctrl-c",
    label: "stop",
    description: "Stop and save, status 130; twice: leave at once; in watch: leave",
    brief: (state) => (owning(state) ? "stop; twice: leave" : "leave"),
    mode: "main",
    available: always,
    intent: () => ({ type: "interrupt" }),
    footer: null,
  },
  {
    keys: ["ctrl-z"],
    shown: "ctrl-z",
    label: "suspend",
    description: "To the shell for a while; training goes on; fg brings this back",
    brief: () => "to the shell",
    mode: "main",
    available: always,
    intent: () => ({ type: "suspend" }),
    footer: null,
  },
  {
    keys: ["tab", "shift-tab", ...digits],
    shown: "tab 1-9",
    label: "focus",
    description: "Focus the next pane, the one before (shift-tab), or by number",
    brief: () => "focus a pane",
    mode: "main",
    available: always,
    intent: (key) => ({
      type: "focus",
      to: key === "tab" ? "next" : key === "shift-tab" ? "previous" : Number(key),
    }),
    footer: null,
  },
  {
    keys: ["z"],
    shown: "z",
    label: "zoom",
    description: "Give the focused pane the whole screen; again: back",
    brief: () => "zoom the pane",
    mode: "main",
    available: always,
    intent: (_, state) => ({ type: state.zoom === null ? "zoom" : "unzoom" }),
    footer: 7,
  },
  {
    keys: ["left", "right", "H", "L"],
    shown: "arrows",
    label: "cursor",
    description: "Figures of another epoch (left, right, H, L); esc: the newest",
    brief: () => "look at an epoch",
    mode: "main",
    available: drawn,
    intent: (key) => ({ type: "charts", change: { type: "cursor", to: /left|H/.test(key) ? "left" : "right" } }),
    footer: null,
  },
  {
    keys: ["w"],
    shown: "w",
    label: "window",
    description: "Charts of the newest epochs only; again: of all",
    brief: () => "newest epochs",
    mode: "main",
    available: drawn,
    intent: () => ({ type: "charts", change: { type: "window" } }),
    footer: null,
  },
  {
    keys: ["l"],
    shown: "l",
    label: "log axis",
    description: "Loss on a logarithmic axis; again: a linear one",
    brief: () => "logarithmic loss",
    mode: "main",
    available: drawn,
    intent: () => ({ type: "charts", change: { type: "log" } }),
    footer: null,
  },
  {
    keys: ["m"],
    shown: "m",
    label: "smooth",
    description: "Smooth the curves by 0.6, by 0.9, not at all",
    brief: () => "smooth curves",
    mode: "main",
    available: drawn,
    intent: () => ({ type: "charts", change: { type: "smoothing" } }),
    footer: null,
  },
  {
    keys: ["b"],
    shown: "b",
    label: "drawing",
    description: "Draw charts in braille, in blocks, in ASCII",
    brief: () => "braille or blocks",
    mode: "main",
    available: always,
    intent: () => ({ type: "charts", change: { type: "drawing" } }),
    footer: null,
  },
  {
    keys: ["enter"],
    shown: "enter",
    label: "blocks",
    description: "Parameters of the base block by block; again: as one row",
    brief: () => "blocks of the base",
    mode: "main",
    available: ({ run }) => run?.parameters.rows.some(({ blocks }) => blocks) ?? false,
    intent: (_, { baseOpen }) => ({ type: baseOpen ? "close_base" : "open_base" }),
    footer: null,
  },
  {
    keys: Object.keys(SCROLLS),
    shown: "j k",
    label: "scroll",
    description: "Scroll the log (or up, down, page up, page down)",
    brief: () => "scroll the log",
    mode: "main",
    available: always,
    intent: (key) => ({ type: "log_view", change: { type: "scroll", to: SCROLLS[key] ?? "down" } }),
    footer: null,
  },
  {
    keys: ["f"],
    shown: "f",
    label: "filter",
    description: "Log of warnings and errors, of errors, of everything",
    brief: () => "filter the log",
    mode: "main",
    available: always,
    intent: () => ({ type: "log_view", change: { type: "filter" } }),
    footer: null,
  },
  {
    keys: ["escape"],
    shown: "esc",
    label: "back",
    description: "Back from a zoomed pane, the cursor, the help, or the question of q",
    brief: () => "back",
    mode: "main",
    available: ({ zoom, charts }) => zoom !== null || charts.cursor !== null,
    intent: (_, { zoom }) =>
      zoom === null ? { type: "charts", change: { type: "cursor", to: "away" } } : { type: "unzoom" },
    footer: null,
  },
  {
    keys: ["?"],
    shown: "?",
    label: "help",
    description: "Show these keys; again: close",
    brief: () => "these keys",
    mode: "main",
    available: always,
    intent: () => ({ type: "open_help" }),
    footer: 3,
  },
  {
    keys: ["?", "escape", "q"],
    shown: "?",
    label: "close",
    description: "Close the help",
    mode: "help",
    available: always,
    intent: () => ({ type: "close_help" }),
    footer: 1,
  },
  {
    keys: ["d"],
    shown: "d",
    label: "detach, training goes on",
    description: "Leave the dashboard; training goes on",
    brief: () => "detach",
    mode: "quit",
    available: always,
    intent: () => ({ type: "detach" }),
    footer: 1,
  },
  {
    keys: ["s"],
    shown: "s",
    label: "stop, saved",
    description: "Stop after the batch under way and save",
    brief: () => "stop",
    mode: "quit",
    available: always,
    intent: () => ({ type: "stop" }),
    footer: 2,
  },
  {
    keys: ["escape", "q"],
    shown: "esc",
    label: "back",
    description: "Do neither",
    mode: "quit",
    available: always,
    intent: () => ({ type: "unask_quit" }),
    footer: 3,
  },
  {
    keys: ["ctrl-c"],
    shown: "ctrl-c",
    label: "stop",
    description: "Stop and save",
    mode: "quit",
    available: always,
    intent: () => ({ type: "interrupt" }),
    footer: null,
  },
  {
    keys: ["ctrl-c"],
    shown: "ctrl-c",
    label: "stop",
    description: "Stop and save",
    mode: "help",
    available: always,
    intent: () => ({ type: "interrupt" }),
    footer: null,
  },
];

/** Which keys mean something: those of the main view, of the question of `q`, or of the help. */
export function modeOf(state: DashboardState): Mode {
  return state.quitAsked ? "quit" : state.help ? "help" : "main";
}

/** What a key asks for in this state; null where it means nothing. */
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
    label: label === "pause" && state.control === "paused" ? "resume" : label,
  }));
}

/** The keys of the main view that mean something now, for the help. */
export function helpKeys(state: DashboardState): { shown: string; description: string; brief: string }[] {
  return KEYS.filter((key) => key.mode === "main" && key.available({ ...state, zoom: state.focus ?? "accuracy" })).map(
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

/** What of a key press this program looks at; Ink's `Key` fits. */
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
}

/** What Ink knows by a name of its own, and what it is called here. */
const NAMED = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "page-up"],
  ["pageDown", "page-down"],
  ["return", "enter"],
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

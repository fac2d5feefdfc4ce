/** The table of keys. Key handler, footer, help, README and tests all use it. */
import { valueOf } from "../../at.ts";
import { CHARTED } from "../charts/charted.ts";
import { placements } from "../layout/placements.ts";
import type { PaneName } from "../view/pane_facts.ts";
import type { Command } from "../../protocol.ts";
import type { ChartChange, CursorMove } from "../view/chart_view.ts";
import type { LogChange } from "../view/log_view.ts";
import { staysAfterEnd } from "../view/end_stay.ts";
import type { DashboardState } from "../view/state.ts";
import { inSeries } from "../view/series.ts";
import type { ViewAction } from "../view/view_state.ts";
import { whenLeft } from "../view/when_left.ts";
import { GO_ON_ANSWERS, GO_ON_KEY } from "./go_on_keys.ts";
import { type Entry, type Intent, type KeyBinding, takesCommands } from "./key_binding.ts";
import { detaching, leaving } from "./leaving_words.ts";

/** Whether this viewer may send commands and the trainer accepts them. */
const maySendCommands = (state: DashboardState) => takesCommands(state) && !state.view.readOnly;
const always = () => true;
/**
 * Whether the trainer can write a checkpoint: only while it trains. A run that goes on prepares first, as any other.
 */
const maySave = (state: DashboardState) =>
  maySendCommands(state) && state.run.phase?.name === "train" && state.view.goOn === null;
/** Whether the same key that stopped a run of a series now ends the series. */
const endingSeries = (state: DashboardState) =>
  inSeries(state) && (state.view.series?.stopAsked === true || staysAfterEnd(state));
/** Whether this viewer started the run and the trainer accepts commands. */
const ownsLiveRun = (state: DashboardState) => state.view.role === "owner" && takesCommands(state);
/** Whether one of these panes is on the screen, so that a key that changes it has a visible effect. */
const isShown = (state: DashboardState, ...names: readonly PaneName[]) =>
  placements(state).some(({ pane }) => names.includes(pane));
/** Whether a chart on the screen shows curves over epochs. */
const hasCurves = (state: DashboardState) =>
  state.run.epochs.length > 0 && isShown(state, ...CHARTED.map(({ name }) => name));
/** Whether the loss is on the screen, the only chart that can have a logarithmic axis. */
const showsLoss = (state: DashboardState) => state.run.epochs.length > 0 && isShown(state, "loss");
/** Whether there is a chart on the screen. */
const showsChart = (state: DashboardState) => isShown(state, "rates", ...CHARTED.map(({ name }) => name));
const showsLog = (state: DashboardState) => isShown(state, "log");
const send = (command: Command["type"]): Intent => ({ type: "send", command });
const change = (action: ViewAction): Intent => ({ type: "view", action });
const askQuit = (asked: boolean) => change({ type: "ask_quit", asked });
const help = (open: boolean) => change({ type: "help", open });
const charts = (how: ChartChange) => change({ type: "charts", change: how });
const log = (how: LogChange) => change({ type: "log_view", change: how });
type Scroll = Extract<LogChange, { type: "scroll" }>["to"];
const CURSOR_STEPS: ReadonlyMap<string, number> = new Map([["left", -1], ["right", 1], ["H", -10], ["L", 10]]);
const CURSOR_PLACES: ReadonlyMap<string, Exclude<CursorMove, number>> = new Map([
  ["B", "best"],
  ["home", "first"],
  ["end", "newest"],
]);
const SCROLLS: ReadonlyMap<string, Scroll> = new Map([
  ["j", "down"],
  ["k", "up"],
  ["down", "down"],
  ["up", "up"],
  ["page-down", "page_down"],
  ["page-up", "page_up"],
]);
/** The number of rows that each key scrolls the help. */
const HELP_STEPS: ReadonlyMap<string, number> = new Map([
  ["j", 1],
  ["k", -1],
  ["down", 1],
  ["up", -1],
  ["page-down", 10],
  ["page-up", -10],
  ["end", Infinity],
  ["home", -Infinity],
]);
/** The label of the keys that scroll. */
export const SCROLL = "scroll";
/** The label of the key that closes the help. */
export const CLOSE = "close";
/** The keys that move the focus, as they are shown. The help lists the panes below them. */
export const FOCUS_KEYS = "tab 0-9";
/** The number keys. 0 stands for 10, see `numberKey`. */
const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

const ENTRIES: readonly Entry[] = [
  {
    keys: ["s"],
    shown: "s",
    label: (state) => (endingSeries(state) ? "end series" : "stop"),
    description: "Stop after the current step and save; with several bases, again: end the series",
    now: (state) => {
      if (endingSeries(state)) return "End the series, so that no other run begins";
      if (inSeries(state)) return null;
      return maySave(state) ? "Stop after the current step and save; nothing is lost" : "Stop; training has not begun";
    },
    brief: (state) => (endingSeries(state) ? "end the series" : maySave(state) ? "stop and save" : "stop"),
    available: (state) => maySendCommands(state) || endingSeries(state),
    intent: (_, state) => (endingSeries(state) ? { type: "end_series" } : send("stop")),
    footer: 1,
  },
  {
    keys: ["c"],
    shown: "c",
    label: "checkpoint",
    description: "Write a checkpoint after the current step",
    brief: () => "write a checkpoint",
    available: maySave,
    intent: () => send("checkpoint"),
    footer: 5,
  },
  {
    keys: ["p"],
    shown: "p",
    label: ({ run }) => (run.control === "paused" ? "resume" : "pause"),
    description: "Pause after the current step; again: resume",
    brief: () => "pause or resume",
    available: maySendCommands,
    intent: (_, { run, view }) => send(view.pauseAsked || run.control === "paused" ? "resume" : "pause"),
    footer: 4,
  },
  {
    keys: ["d"],
    shown: "d",
    label: "detach",
    description: "Leave the dashboard; training goes on",
    now: leaving,
    brief: (state) => whenLeft(state) === "goes_on" ? "leave, run goes on" : "leave, run paused",
    available: ownsLiveRun,
    intent: () => ({ type: "leave" }),
    footer: 6,
  },
  GO_ON_KEY,
  {
    keys: ["q"],
    shown: "q",
    label: (state) => (ownsLiveRun(state) ? "quit" : inSeries(state) ? "next run" : "leave"),
    description: "Ask whether to detach or stop; in watch and after the end: leave",
    now: (state) => ownsLiveRun(state) ? "Ask whether to detach or stop" : "Leave",
    brief: (state) => (ownsLiveRun(state) ? "detach or stop?" : "leave"),
    intent: (_, state) => (ownsLiveRun(state) ? askQuit(true) : { type: "leave" }),
    footer: 2,
  },
  {
    keys: ["ctrl-c"],
    shown: "ctrl-c",
    label: "stop",
    description: "Stop and save, exit status 130; twice: leave at once; in watch: leave",
    now: (state) => ownsLiveRun(state) ? "Stop and save, exit status 130; twice: leave at once" : "Leave",
    brief: (state) => (ownsLiveRun(state) ? "stop; twice: leave" : "leave"),
    intent: () => ({ type: "interrupt" }),
  },
  {
    keys: ["ctrl-z"],
    shown: "ctrl-z",
    label: "suspend",
    description: "Suspend to the shell; training goes on; fg brings this back",
    now: (state) =>
      takesCommands(state) && whenLeft(state) === "goes_on" ? null : "Suspend to the shell; fg brings this back",
    brief: () => "suspend",
    intent: () => ({ type: "suspend" }),
  },
  {
    keys: ["ctrl-l"],
    shown: "ctrl-l",
    label: "redraw",
    description: "Redraw the screen, if another program has written on it",
    brief: () => "redraw",
    intent: () => ({ type: "redraw" }),
  },
  {
    keys: ["tab", "shift-tab", ...digits],
    shown: FOCUS_KEYS,
    label: "focus",
    description: "Focus the next pane (shift-tab: the previous) or one by its number",
    brief: () => "focus a pane",
    intent: (key) => ({
      type: "focus",
      to: key === "tab" ? "next" : key === "shift-tab" ? "previous" : Number(key) || 10,
    }),
  },
  {
    keys: ["z"],
    shown: "z",
    label: ({ view }) => (view.zoom === null ? "zoom" : "back"),
    description: "Zoom the focused pane to the whole screen; again: back",
    brief: () => "zoom the pane",
    intent: (_, { view }) => ({ type: view.zoom === null ? "zoom" : "unzoom" }),
    footer: 7,
  },
  {
    keys: [...CURSOR_STEPS.keys()],
    shown: "arrows",
    label: "cursor",
    description: "Show another epoch's figures (H, L: ten epochs); esc: the newest",
    brief: () => "choose an epoch",
    available: hasCurves,
    intent: (key) => charts({ type: "cursor", to: valueOf(CURSOR_STEPS, key) }),
  },
  {
    keys: [...CURSOR_PLACES.keys()],
    shown: "B",
    label: "best",
    description: "Show the best epoch's figures (home: the first, end: the newest)",
    brief: () => "the best epoch",
    available: hasCurves,
    intent: (key) => charts({ type: "cursor", to: valueOf(CURSOR_PLACES, key) }),
  },
  {
    keys: ["w"],
    shown: "w",
    label: "window",
    description: "Show only the newest epochs in the charts; again: all",
    brief: () => "newest epochs",
    available: hasCurves,
    intent: () => charts({ type: "window" }),
  },
  {
    keys: ["l"],
    shown: "l",
    label: "log axis",
    description: "Show the loss on a logarithmic axis; again: a linear one",
    brief: () => "logarithmic loss",
    available: showsLoss,
    intent: () => charts({ type: "log" }),
  },
  {
    keys: ["m"],
    shown: "m",
    label: "smooth",
    description: "Smooth the curves by 0.6, by 0.9 or not at all",
    brief: () => "smooth curves",
    available: hasCurves,
    intent: () => charts({ type: "smoothing" }),
  },
  {
    keys: ["b"],
    shown: "b",
    label: "drawing",
    description: "Draw the charts with braille dots, blocks or ASCII",
    brief: () => "braille or blocks",
    available: showsChart,
    intent: () => charts({ type: "drawing" }),
  },
  {
    keys: ["enter"],
    shown: "enter",
    label: "blocks",
    description: "Show the base's parameters by block; again: as one row; after the end: leave",
    now: (state) => staysAfterEnd(state) ? "Leave" : "Show the base's parameters by block; again: as one row",
    brief: (state) => (staysAfterEnd(state) ? "leave" : "the base's blocks"),
    available: (state) =>
      staysAfterEnd(state) ||
      (isShown(state, "parameters") && (state.run.facts?.parameters.rows.some(({ blocks }) => blocks) ?? false)),
    intent: (_, state) =>
      staysAfterEnd(state) ? { type: "leave" } : change({ type: "base", open: !state.view.baseOpen }),
  },
  {
    keys: [...SCROLLS.keys()],
    shown: "j k",
    label: SCROLL,
    description: "Scroll the log (or up, down, page up, page down)",
    brief: () => "scroll the log",
    available: showsLog,
    intent: (key) => log({ type: "scroll", to: valueOf(SCROLLS, key) }),
  },
  {
    keys: ["f"],
    shown: "f",
    label: "filter",
    description: "Show warnings and errors, only errors or everything in the log",
    brief: () => "filter the log",
    available: showsLog,
    intent: () => log({ type: "filter" }),
  },
  {
    keys: ["escape"],
    shown: "esc",
    label: "back",
    description: "Leave the zoomed pane, the cursor, the help or the question of q or r",
    now: (state) => ownsLiveRun(state) ? null : "Leave the zoomed pane, the cursor or the help",
    brief: () => "back",
    available: ({ view }) => view.zoom !== null || view.charts.cursor !== null,
    alwaysInHelp: true,
    intent: (_, { view }) => view.zoom === null ? charts({ type: "cursor", to: "newest" }) : { type: "unzoom" },
  },
  {
    keys: ["?"],
    shown: "?",
    label: "help",
    description: "Show these keys; again: close",
    brief: () => "these keys",
    intent: () => help(true),
    footer: 3,
  },
  {
    keys: ["?", "escape", "q"],
    shown: "?",
    label: CLOSE,
    description: "Close the help",
    mode: "help",
    intent: () => help(false),
    footer: 1,
  },
  {
    keys: [...HELP_STEPS.keys()],
    shown: "j k",
    label: SCROLL,
    description: "Scroll the help",
    mode: "help",
    intent: (key) => ({ type: "scroll_help", by: valueOf(HELP_STEPS, key) }),
    footer: 2,
  },
  {
    keys: ["d"],
    shown: "d",
    label: detaching,
    description: "Leave the dashboard; training goes on",
    brief: () => "detach",
    mode: "quit",
    intent: () => ({ type: "leave" }),
    footer: 1,
  },
  {
    keys: ["s"],
    shown: "s",
    label: (state) =>
      `stop${maySave(state) ? (inSeries(state) ? ", save" : " and save") : ""}${inSeries(state) ? ", end series" : ""}`,
    description: "Stop after the current step and save",
    brief: () => "stop",
    mode: "quit",
    // Whoever quits a series does not want its next run.
    intent: (_, state) => inSeries(state) ? { type: "end_series" } : send("stop"),
    footer: 2,
  },
  {
    keys: ["escape", "q"],
    shown: "esc",
    label: "back",
    description: "Cancel",
    mode: "quit",
    intent: () => askQuit(false),
    footer: 3,
  },
  ...GO_ON_ANSWERS,
  ...(["quit", "go_on", "help"] as const).flatMap((mode): Entry[] => [{
    keys: ["ctrl-c"],
    shown: "ctrl-c",
    label: "stop",
    description: "Stop and save",
    mode,
    intent: () => ({ type: "interrupt" }),
  }, {
    keys: ["ctrl-l"],
    shown: "ctrl-l",
    label: "redraw",
    description: "Redraw the screen",
    mode,
    intent: () => ({ type: "redraw" }),
  }]),
];

export const KEYS: readonly KeyBinding[] = ENTRIES.map((entry) => ({
  mode: "main",
  available: always,
  footer: null,
  ...entry,
}));

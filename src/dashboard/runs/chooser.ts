/** The chooser of runs: the table of `runs` with a cursor, a sort order and a filter. Pure. */
import type { Overview } from "../../run/overview/overview.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { RESUME_KEY, RUNS_GAP, type RunsColumn } from "./runs_layout.ts";
import { matchingRuns, ORDERS, type RunsOrder, sortedRuns } from "./runs_order.ts";
import { runsTable } from "./runs_table.ts";
import type { WayOn } from "../../run_state/way_on.ts";
import { cut, stringWidth } from "../text/width.ts";

export interface ChooserState {
  /** All runs, the newest first. */
  readonly runs: readonly Overview[];
  /** The id of the run under the cursor. The cursor stays on its run when new runs are added. */
  readonly selected: string;
  readonly order: RunsOrder;
  /** The text that the list is filtered by. */
  readonly filter: string;
  /** Whether keys are added to the filter. */
  readonly typing: boolean;
  /** Whether runs cannot go on from here. */
  readonly readOnly: boolean;
  readonly columns: number;
  readonly rows: number;
}

/**
 * `resumed`: the chosen run is to go on. `extended`: it has reached its end, and the person is asked how far to go on.
 */
export type Choice =
  | { readonly type: "chosen" | "resumed" | "extended"; readonly id: string }
  | { readonly type: "left" };

const STEPS: Readonly<Record<string, number>> = { up: -1, down: 1, "page-up": -10, "page-down": 10 };
const LETTER_STEPS: Readonly<Record<string, number>> = { k: -1, j: 1 };

/** Returns the initial state, with the cursor on the newest run. */
export function initialChooser(
  runs: readonly Overview[],
  size: { columns: number; rows: number },
  readOnly = false,
): ChooserState {
  const none = { runs: [], selected: "", order: "newest", filter: "", typing: false } as const;
  return withRuns({ ...none, readOnly, ...size }, runs);
}

/** Returns the state after a key, or the choice that ends the chooser. */
export function chooserKey(state: ChooserState, key: string): ChooserState | Choice {
  const shown = shownRuns(state);
  if (key === "enter") return shown.length === 0 ? state : { type: "chosen", id: state.selected };
  if (key === "ctrl-c") return { type: "left" };
  const step = STEPS[key] ?? (state.typing ? undefined : LETTER_STEPS[key]);
  if (step !== undefined) {
    const place = Math.max(0, Math.min(shown.length - 1, placeOf(state, shown) + step));
    return { ...state, selected: shown[place]?.id ?? state.selected };
  }
  if (key === "escape") {
    return state.typing || state.filter !== "" ? held({ ...state, typing: false, filter: "" }) : { type: "left" };
  }
  if (state.typing) return typed(state, key);
  if (key === "q") return { type: "left" };
  if (key === RESUME_KEY) {
    const way = offered(state);
    return way === null ? state : { type: way === "resume" ? "resumed" : "extended", id: state.selected };
  }
  if (key === "/") return { ...state, typing: true };
  if (key === "s") return { ...state, order: ORDERS[(ORDERS.indexOf(state.order) + 1) % ORDERS.length] ?? "newest" };
  return state;
}

/** Returns how the run under the cursor can go on from here, or null if it cannot. */
function offered(state: ChooserState): WayOn | null {
  const run = state.readOnly ? undefined : shownRuns(state).find(({ id }) => id === state.selected);
  if (run?.resumable) return "resume";
  return run?.extendable ? "extend" : null;
}

function typed(state: ChooserState, key: string): ChooserState {
  if (key === "backspace") {
    return held({ ...state, filter: [...state.filter].slice(0, -1).join(""), typing: state.filter !== "" });
  }
  return [...key].length === 1 ? held({ ...state, filter: state.filter + key }) : state;
}

/**
 * Returns the state with a new list of runs. If the run under the cursor no longer exists, the first one is selected.
 */
export function withRuns(state: ChooserState, runs: readonly Overview[]): ChooserState {
  return held({ ...state, runs });
}

/** Moves the cursor to the first run if its run is not shown. */
function held(state: ChooserState): ChooserState {
  const shown = shownRuns(state);
  const there = shown.some(({ id }) => id === state.selected);
  return there ? state : { ...state, selected: shown[0]?.id ?? "" };
}

function shownRuns({ runs, filter, order }: ChooserState): readonly Overview[] {
  return sortedRuns(matchingRuns(runs, filter), order);
}

export interface ChooserLine {
  readonly text: string;
  readonly kind: "title" | "heading" | "run" | "selected" | "keys";
}

const MARK_COLUMNS = 2;
/** The lines of the title, the headings and the keys. */
const LINES_BESIDE = 3;

/** Returns the lines of the screen, cut to its size. The run under the cursor is always among them. */
export function chooserLines(
  state: ChooserState,
  nowMs: number,
  glyphs: Glyphs,
  text: (value: string) => string,
): ChooserLine[] {
  const { columns: width, rows } = state;
  const shown = shownRuns(state);
  const room = Math.max(1, rows - LINES_BESIDE);
  const place = placeOf(state, shown);
  const from = Math.max(0, Math.min(shown.length - room, place - Math.floor(room / 2)));
  const { columns, rows: texts } = runsTable(shown, { width: width - MARK_COLUMNS, now: nowMs, glyphs, text });
  const line = (cells: (column: RunsColumn) => string) =>
    columns.map((column) => padded(cells(column), column)).join(" ".repeat(RUNS_GAP));
  const lines: ChooserLine[] = [
    { kind: "title", text: titleOf(state, shown, text) },
    { kind: "heading", text: "  " + line(({ key }) => key) },
    ...texts.slice(from, from + room).map((row, index): ChooserLine => {
      const selected = from + index === place;
      return {
        kind: selected ? "selected" : "run",
        text: (selected ? `${glyphs.focus} ` : "  ") + line(({ key }) => row[key]),
      };
    }),
    { kind: "keys", text: keysOf(state, width) },
  ];
  return lines.slice(0, rows).map(({ kind, text }) => ({ kind, text: cut(text, width, glyphs.ellipsis) }));
}

function titleOf(state: ChooserState, shown: readonly Overview[], text: (value: string) => string): string {
  const { runs, filter, typing, order } = state;
  const of = shown.length === runs.length ? `${runs.length}` : `${shown.length} (of ${runs.length})`;
  return [
    `Which run?  ${shown.length === 0 ? `none of ${runs.length}` : `${placeOf(state, shown) + 1} of ${of}`}`,
    ...(typing || filter !== "" ? [`filter: ${text(filter)}${typing ? "_" : ""}`] : []),
    ...(order === "newest" ? [] : [`sorted by ${order}`]),
  ].join("  ");
}

/** Returns the keys. On a narrow screen those that a person finds without them are left out. */
function keysOf(state: ChooserState, width: number): string {
  const { typing, filter, order } = state;
  const [choose, search] = ["up down choose", "/ filter"];
  const sort = `s sort by ${ORDERS[(ORDERS.indexOf(order) + 1) % ORDERS.length]}`;
  const back = filter === "" ? [] : ["esc clear filter"];
  const way = offered(state);
  const goOn = way === null ? [] : [`${RESUME_KEY} ${way === "resume" ? "resume" : "more epochs"}`];
  let keys = typing
    ? ["enter watch", choose, "esc clear filter"]
    : ["enter watch", ...goOn, choose, search, sort, ...back, "q leave"];
  for (const dispensable of [choose, sort, search]) {
    if (stringWidth(keys.join("  ")) > width) keys = keys.filter((key) => key !== dispensable);
  }
  return keys.join("  ");
}

function placeOf({ selected }: ChooserState, shown: readonly Overview[]): number {
  return Math.max(0, shown.findIndex(({ id }) => id === selected));
}

function padded(text: string, { width, align }: RunsColumn): string {
  const spaces = " ".repeat(Math.max(0, width - stringWidth(text)));
  return align === "right" ? spaces + text : text + spaces;
}

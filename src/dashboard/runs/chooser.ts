/** Choosing one of several runs: the list of `runs`, with a cursor. Pure. */
import type { Overview } from "../../run/overview/overview.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { RUNS_GAP, type RunsColumn } from "./runs_layout.ts";
import { runsTable } from "./runs_table.ts";
import { cut, stringWidth } from "../text/width.ts";

export interface ChooserState {
  /** The newest first. */
  readonly runs: readonly Overview[];
  /** The id of the run under the cursor: a run that comes meanwhile moves it, and changes nothing of the choice. */
  readonly selected: string;
  readonly columns: number;
  readonly rows: number;
}

export type Choice = { readonly type: "chosen"; readonly id: string } | { readonly type: "left" };

const STEPS: Readonly<Record<string, number>> = { up: -1, k: -1, down: 1, j: 1, "page-up": -10, "page-down": 10 };

/** What a key makes of it: another state, or an end. */
export function chooserKey(state: ChooserState, key: string): ChooserState | Choice {
  if (key === "enter") return { type: "chosen", id: state.selected };
  if (["q", "escape", "ctrl-c"].includes(key)) return { type: "left" };
  const step = STEPS[key];
  if (step === undefined) return state;
  const place = Math.max(0, Math.min(state.runs.length - 1, placeOf(state) + step));
  return { ...state, selected: state.runs[place]?.id ?? state.selected };
}

/** Runs read anew. One that is gone hands the cursor to the newest. */
export function withRuns(state: ChooserState, runs: readonly Overview[]): ChooserState {
  const there = runs.some(({ id }) => id === state.selected);
  return { ...state, runs, selected: there ? state.selected : runs[0]?.id ?? "" };
}

export interface ChooserLine {
  readonly text: string;
  readonly kind: "title" | "heading" | "run" | "selected" | "keys";
}

const MARK_COLUMNS = 2;
/** Title, headings and keys. */
const LINES_BESIDE = 3;

/** At most as many lines as the screen has, none wider than it; the run under the cursor is among them. */
export function chooserLines(
  state: ChooserState,
  nowMs: number,
  glyphs: Glyphs,
  text: (value: string) => string,
): ChooserLine[] {
  const { runs, columns: width, rows } = state;
  const room = Math.max(1, rows - LINES_BESIDE);
  const place = placeOf(state);
  const from = Math.max(0, Math.min(runs.length - room, place - Math.floor(room / 2)));
  const { columns, rows: texts } = runsTable(runs, { width: width - MARK_COLUMNS, now: nowMs, glyphs, text });
  const line = (cells: (column: RunsColumn) => string) =>
    columns.map((column) => padded(cells(column), column)).join(" ".repeat(RUNS_GAP));
  const lines: ChooserLine[] = [
    { kind: "title", text: `Which run?  ${place + 1} of ${runs.length}` },
    { kind: "heading", text: "  " + line(({ key }) => key) },
    ...texts.slice(from, from + room).map((row, index): ChooserLine => {
      const selected = from + index === place;
      return {
        kind: selected ? "selected" : "run",
        text: (selected ? `${glyphs.focus} ` : "  ") + line(({ key }) => row[key]),
      };
    }),
    { kind: "keys", text: "enter watch  up down choose  q leave" },
  ];
  return lines.slice(0, rows).map(({ kind, text }) => ({ kind, text: cut(text, width, glyphs.ellipsis) }));
}

function placeOf({ runs, selected }: ChooserState): number {
  return Math.max(0, runs.findIndex(({ id }) => id === selected));
}

function padded(text: string, { width, align }: RunsColumn): string {
  const spaces = " ".repeat(Math.max(0, width - stringWidth(text)));
  return align === "right" ? spaces + text : text + spaces;
}

/** The help: keys with their descriptions, the numbers of the panes, and scrolling. Pure. */
import { placements } from "../layout/placements.ts";
import { stringWidth, wrapWords } from "../text/width.ts";
import { numberKey, type PaneName } from "../view/pane_facts.ts";
import type { DashboardState } from "../view/state.ts";
import { FOCUS_KEYS, helpKeys } from "./keys.ts";
import { panesOf } from "./pane_numbers.ts";

export interface HelpRow {
  /** The key; empty if the row continues the one above. */
  readonly shown: string;
  readonly text: string;
}

/** The visible part of the help, and its place. */
export interface HelpWindow {
  readonly rows: readonly HelpRow[];
  /** How many rows are hidden above and below, or null if all rows are visible. */
  readonly more: string | null;
  /** The first row of the screen below the header, and the first row of the footer. */
  readonly top: number;
  readonly bottom: number;
}

/** The columns of a key's name, including the spaces before and after it. */
export const KEY_COLUMNS = 9;
/** The columns and rows that the border takes. */
export const BORDERS = 2;
/** The minimum text width for full descriptions. Narrower screens get brief ones. */
const WHOLE_FROM = 40;
/** The maximum text width. Longer lines are hard to read, and on wide screens they would cover the dashboard. */
const TEXT_AT_MOST = 76;

/** A space at which no line is broken, so that the number of a pane stays beside its name. */
const NO_BREAK = "\u00a0";

/** Returns all rows of the help, with texts of at most `width` columns. */
export function helpRows(state: DashboardState, width: number): HelpRow[] {
  return helpKeys(state).flatMap(({ shown, description, brief }) => {
    const said = width >= WHOLE_FROM ? description : brief;
    const texts = shown === FOCUS_KEYS ? [said, ...paneTexts(state)] : [said];
    return texts.flatMap((text) => wrapWords(text, width)).map((text, index) => ({
      shown: index === 0 ? shown : "",
      text: text.replaceAll(NO_BREAK, " "),
    }));
  });
}

/** Lists the numbers of the panes: those on the screen, and those that have no room and open zoomed. */
function paneTexts(state: DashboardState): string[] {
  const { placed, hidden } = panesOf(state);
  const named = (names: readonly PaneName[]) =>
    state.view.panes.flatMap(({ name, numbered }) => (numbered && names.includes(name) ? [numbered] : []))
      .sort((one, other) => one.number - other.number)
      .map(({ number, called }) => `${numberKey(number)} ${called}`.replaceAll(" ", NO_BREAK)).join(", ");
  const [here, elsewhere] = [named(placed), named(hidden)];
  return [...(here === "" ? [] : [here]), ...(elsewhere === "" ? [] : [`these open zoomed: ${elsewhere}`])];
}

/** Returns the columns for the texts of the help. */
export function helpWidth({ view }: DashboardState): number {
  // A space at the right edge, so that no text touches the border.
  return Math.min(TEXT_AT_MOST, view.columns - BORDERS - KEY_COLUMNS - 1);
}

/** Returns the visible part of the help. */
export function helpWindow(state: DashboardState): HelpWindow {
  const { top, bottom } = placeOf(state);
  const rows = helpRows(state, helpWidth(state));
  const room = Math.max(0, bottom - top - BORDERS);
  if (rows.length <= room) return { rows, more: null, top, bottom };
  // The last row shows how many rows are hidden.
  const seen = Math.max(0, room - 1);
  const first = Math.min(state.view.helpTop, rows.length - seen);
  const below = rows.length - first - seen;
  const parts = [...(first > 0 ? [`${first} more above`] : []), ...(below > 0 ? [`${below} more below`] : [])];
  return { rows: rows.slice(first, first + seen), more: parts.join(", "), top, bottom };
}

/** The help as a box on the screen, in columns and rows. */
export interface HelpBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** The columns of a row's text, with a space at the right edge. */
  readonly textWidth: number;
  readonly rows: readonly (HelpRow & { readonly dim: boolean })[];
}

/** Returns the rows of the help that are in view and the box around them, in the middle of the screen. */
export function helpBox(state: DashboardState): HelpBox {
  const { rows, more, top, bottom } = helpWindow(state);
  const shown = [
    ...rows.map((row) => ({ ...row, dim: false })),
    ...(more === null ? [] : [{ shown: "", text: more, dim: true }]),
  ];
  const textWidth = Math.min(helpWidth(state), widestRow(shown)) + 1;
  const width = BORDERS + KEY_COLUMNS + textWidth;
  const height = shown.length + BORDERS;
  const middle = Math.floor((state.view.rows - height) / 2);
  return {
    left: Math.floor((state.view.columns - width) / 2),
    top: Math.max(top, Math.min(middle, bottom - height)),
    ...{ width, height, textWidth, rows: shown },
  };
}

/** Returns the first visible row after scrolling by a number of rows. */
export function scrolledHelp(state: DashboardState, by: number): number {
  const { top, bottom } = placeOf(state);
  const last = helpRows(state, helpWidth(state)).length - Math.max(0, bottom - top - BORDERS - 1);
  return Math.max(0, Math.min(state.view.helpTop + by, last));
}

/** Returns the first row below the header and the first row of the footer. */
function placeOf(state: DashboardState): { top: number; bottom: number } {
  const placed = placements(state);
  const frame = (name: string) => placed.find(({ pane }) => pane === name);
  const [header, footer] = [frame("header"), frame("footer")];
  return { top: header ? header.top + header.height : 0, bottom: footer?.top ?? state.view.rows };
}

/** Returns the width of the widest row. */
function widestRow(rows: readonly HelpRow[]): number {
  return Math.max(0, ...rows.map(({ text }) => stringWidth(text)));
}

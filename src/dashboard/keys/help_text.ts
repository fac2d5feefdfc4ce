/** The help: keys with their descriptions, the numbers of the panes, and what of it is in view. Pure. */
import { placements } from "../layout/placements.ts";
import { stringWidth, wrapWords } from "../text/width.ts";
import { numberKey, type PaneName } from "../view/pane_facts.ts";
import type { DashboardState } from "../view/state.ts";
import { FOCUS_KEYS, helpKeys } from "./keys.ts";
import { panesOf } from "./pane_numbers.ts";

export interface HelpRow {
  /** The key; empty where the row goes on with the one above. */
  readonly shown: string;
  readonly text: string;
}

/** What is in view of the help, and where. */
export interface HelpWindow {
  readonly rows: readonly HelpRow[];
  /** What is above and below; null if everything is in view. */
  readonly more: string | null;
  /** The rows between header and footer. */
  readonly top: number;
  readonly bottom: number;
}

/** Columns of a key's name, the spaces before and behind it included. */
export const KEY_COLUMNS = 9;
/** Columns, and rows, that the border takes. */
export const BORDERS = 2;
/** Narrower screens get a few words for each key. */
const WHOLE_FROM = 40;

/** All rows of the help, with texts of at most `width` columns. */
export function helpRows(state: DashboardState, width: number): HelpRow[] {
  return helpKeys(state).flatMap(({ shown, description, brief }) => {
    const said = width >= WHOLE_FROM ? description : brief;
    const texts = shown === FOCUS_KEYS ? [said, ...paneTexts(state)] : [said];
    return texts.flatMap((text) => wrapWords(text, width)).map((text, index) => ({
      shown: index === 0 ? shown : "",
      text,
    }));
  });
}

/** Which number is which pane: those on the screen, and those that it has no room for. */
function paneTexts(state: DashboardState): string[] {
  const { placed, hidden } = panesOf(state);
  const named = (names: readonly PaneName[]) =>
    state.view.panes.flatMap(({ name, numbered }) => (numbered && names.includes(name) ? [numbered] : []))
      .sort((one, other) => one.number - other.number)
      .map(({ number, called }) => `${numberKey(number)} ${called}`).join(", ");
  const [here, elsewhere] = [named(placed), named(hidden)];
  return [...(here === "" ? [] : [here]), ...(elsewhere === "" ? [] : [`on a screen of their own: ${elsewhere}`])];
}

/** The columns for the help's texts. */
export function helpWidth({ view }: DashboardState): number {
  // A space at the right edge, so that no text touches the border.
  return view.columns - BORDERS - KEY_COLUMNS - 1;
}

/** Returns what of the help is in view, between header and footer. */
export function helpWindow(state: DashboardState): HelpWindow {
  const { top, bottom } = placeOf(state);
  const rows = helpRows(state, helpWidth(state));
  const room = Math.max(0, bottom - top - BORDERS);
  if (rows.length <= room) return { rows, more: null, top, bottom };
  // The last row says how many there are beside.
  const seen = Math.max(0, room - 1);
  const first = Math.min(state.view.helpTop, rows.length - seen);
  const below = rows.length - first - seen;
  const parts = [...(first > 0 ? [`${first} above`] : []), ...(below > 0 ? [`${below} below`] : [])];
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

/** Returns the first row to show after scrolling by so many rows. */
export function scrolledHelp(state: DashboardState, by: number): number {
  const { top, bottom } = placeOf(state);
  const last = helpRows(state, helpWidth(state)).length - Math.max(0, bottom - top - BORDERS - 1);
  return Math.max(0, Math.min(state.view.helpTop + by, last));
}

/** The rows from the header to the footer. */
function placeOf(state: DashboardState): { top: number; bottom: number } {
  const placed = placements(state);
  const frame = (name: string) => placed.find(({ pane }) => pane === name);
  const [header, footer] = [frame("header"), frame("footer")];
  return { top: header ? header.top + header.height : 0, bottom: footer?.top ?? state.view.rows };
}

/** The columns that the widest row takes. */
function widestRow(rows: readonly HelpRow[]): number {
  return Math.max(0, ...rows.map(({ text }) => stringWidth(text)));
}

/** Lays out the notices. All of them must stay visible during the whole run, however small the screen. */
import { at } from "../../at.ts";
import type { Glyphs } from "../drawing/glyphs.ts";
import { panesOf } from "../keys/pane_numbers.ts";
import { cut, stringWidth } from "../text/width.ts";
import { numberKey } from "../view/pane_facts.ts";
import type { DashboardState } from "../view/state.ts";

/** Columns between two notices on the same line. */
const GAP = 2;
/** The minimum width of a screen that shows the keys beside the notices. */
const COLUMNS_FOR_KEYS = 50;

/**
 * Returns at most `lines` lines. If there are more notices than lines, the last lines have several. Cuts what is too
 * long.
 *
 * @param keys the keys that show the full notices; added to the last line if anything is cut
 */
export function noticeRows(
  notices: readonly string[],
  width: number,
  lines: number,
  glyphs: Glyphs,
  keys: string | null = null,
): string[] {
  const marked = notices.map((notice) => `${glyphs.warning} ${notice}`);
  const rows = inLines(marked, lines);
  const whole = rows.every((row) => stringWidth(row.join(" ".repeat(GAP))) <= width);
  if (whole || keys === null || width < COLUMNS_FOR_KEYS) return rows.map((row) => sideBySide(row, width, glyphs));
  const hint = `${keys}: full text`;
  return rows.map((row, index) => {
    if (index < rows.length - 1) return sideBySide(row, width, glyphs);
    return sideBySide(row, width - stringWidth(hint) - GAP, glyphs) + " ".repeat(GAP) + hint;
  });
}

/**
 * Returns the keys that give the whole screen to the log, where the notices are shown in full: its number, followed by
 * z if it shares the screen now.
 */
export function fullNoticeKeys(state: DashboardState): string | null {
  const number = state.view.panes.find(({ name }) => name === "log")?.numbered?.number;
  if (number === undefined || state.view.zoom === "log") return null;
  const { placed } = panesOf(state);
  return state.view.zoom === null && placed.includes("log") ? `${numberKey(number)} z` : numberKey(number);
}

/** Distributes the notices evenly. The first lines get fewer, because the first notices are the most important. */
function inLines(notices: readonly string[], lines: number): string[][] {
  const rows: string[][] = [];
  let from = 0;
  for (let line = 0; line < Math.min(lines, notices.length); line++) {
    const many = Math.floor((notices.length - from) / (lines - line)) || 1;
    rows.push(notices.slice(from, from + many));
    from += many;
  }
  return rows;
}

/** Joins notices to one line. Short ones get the width they need, the others share the rest equally. */
function sideBySide(notices: readonly string[], width: number, { ellipsis }: Glyphs): string {
  let room = width - GAP * (notices.length - 1);
  const widths = new Map<number, number>();
  const byWidth = [...notices.keys()].sort((one, other) =>
    stringWidth(at(notices, one)) - stringWidth(at(notices, other))
  );
  for (const [place, index] of byWidth.entries()) {
    const share = Math.min(stringWidth(at(notices, index)), Math.floor(room / (notices.length - place)));
    widths.set(index, share);
    room -= share;
  }
  return notices.map((notice, index) => cut(notice, widths.get(index) ?? 0, ellipsis)).join(" ".repeat(GAP));
}

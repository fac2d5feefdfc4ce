/** Log entries broken into lines of the log pane. */
import type { Glyphs } from "../drawing/glyphs.ts";
import type { LogEntry } from "../../run_state/run_state.ts";
import { wrapLines } from "../text/width.ts";

const CLOCK_WIDTH = 9;
/** The lines that an entry may take in a pane that shares the screen with others. */
export const LINES_AN_ENTRY = 3;

export interface LogRow {
  readonly id: string;
  /** null on the second and third line of an entry. */
  readonly time: string | null;
  readonly level: LogEntry["level"];
  readonly text: string;
}

/** At most `rows` lines, of the newest entries, in order; of each entry at most `most` lines. */
export function logRows(
  entries: readonly LogEntry[],
  width: number,
  rows: number,
  most: number,
  text: (value: string) => string,
  glyphs: Glyphs,
): LogRow[] {
  const limit = Math.min(most, rows);
  const all = entries.flatMap((entry, index) => {
    const mark = entry.level === "info" ? "" : `${glyphs.warning} `;
    return wrapLines(mark + text(entry.text), Math.max(8, width - CLOCK_WIDTH), limit, glyphs.ellipsis).map(
      (line, part): LogRow => ({
        id: `${index}-${part}`,
        time: part === 0 ? entry.time : null,
        level: entry.level,
        text: line,
      }),
    );
  });
  return all.slice(Math.max(0, all.length - rows));
}

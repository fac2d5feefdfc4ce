/** Wraps log entries into the lines of the log pane. */
import type { Glyphs } from "../drawing/glyphs.ts";
import type { LogEntry } from "../../run_state/state_parts.ts";
import { duration } from "../text/formats.ts";
import { wrapLines } from "../text/width.ts";

const CLOCK_WIDTH = 9;
/** The maximum number of lines per entry, unless the pane has the whole screen. */
export const LINES_AN_ENTRY = 3;

export interface LogRow {
  readonly id: string;
  /** The time of the entry; null except on its first line. */
  readonly time: string | null;
  readonly level: LogEntry["level"];
  readonly text: string;
}

/** Returns an entry as one line: a warning with its mark, and the place where the run was resumed as a rule. */
function lineOf({ level, text: said, gapMs }: LogEntry, text: (value: string) => string, { warning, rule }: Glyphs) {
  if (gapMs === undefined) return (level === "info" ? "" : `${warning} `) + text(said);
  const ends = rule.repeat(2);
  return `${ends} ${text(said)} after a break of ${duration(Math.round(gapMs / 1000))} ${ends}`;
}

/** Returns the last `rows` lines. Each entry has at most `most` lines. */
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
    return wrapLines(lineOf(entry, text, glyphs), Math.max(8, width - CLOCK_WIDTH), limit, glyphs.ellipsis).map(
      (line, part): LogRow => ({
        id: `${index}-${part}`,
        time: part === 0 ? entry.time : null,
        level: entry.level,
        text: line,
      }),
    );
  });
  const seen = all.slice(Math.max(0, all.length - rows));
  // The end of an entry whose beginning has no room would have neither a time nor a meaning.
  const whole = seen.findIndex(({ time }) => time !== null);
  return whole > 0 ? seen.slice(whole) : seen;
}

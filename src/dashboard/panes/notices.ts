/** Notices must be seen as long as the run lasts: every one of them has its place, however small the screen. */
import type { Glyphs } from "../drawing/glyphs.ts";
import { cut } from "../text/width.ts";

/** `lines` lines; where there are more notices than lines, they share them evenly and are cut. */
export function noticeRows(notices: readonly string[], width: number, lines: number, glyphs: Glyphs): string[] {
  if (notices.length === 0 || lines === 0) return [];
  const perLine = Math.ceil(notices.length / lines);
  const rows: string[] = [];
  for (let from = 0; from < notices.length; from += perLine) {
    const members = notices.slice(from, from + perLine);
    const share = Math.floor((width - 2 * (members.length - 1)) / members.length);
    rows.push(members.map((notice) => cut(`${glyphs.warning} ${notice}`, share, glyphs.ellipsis)).join("  "));
  }
  return rows;
}

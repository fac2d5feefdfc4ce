/** The help's rows: whole descriptions where they fit, a few words where they do not. */
import { helpKeys } from "./keys.ts";
import type { DashboardState } from "./state.ts";
import { wrapWords } from "./width.ts";

export interface HelpRow {
  /** Empty where the row goes on with the one above. */
  readonly shown: string;
  readonly text: string;
}

/** At most `rows` rows with texts meant for `width` columns; the last one says how many keys found no room. */
export function helpRows(state: DashboardState, width: number, rows: number, ellipsis = "…"): HelpRow[] {
  const keys = helpKeys(state);
  const whole = keys.flatMap(({ shown, description }) =>
    wrapWords(description, width).map((text, index) => ({ shown: index === 0 ? shown : "", text }))
  );
  if (whole.length <= rows) return whole;
  const brief = keys.map(({ shown, brief }) => ({ shown, text: brief }));
  if (brief.length <= rows) return brief;
  const room = Math.max(0, rows - 1);
  return [...brief.slice(0, room), { shown: "", text: `${ellipsis} ${brief.length - room} more` }];
}

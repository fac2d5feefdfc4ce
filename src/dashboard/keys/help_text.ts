/** The help's rows: whole descriptions where they fit, a few words where they do not, in two columns if need be. */
import { helpKeys } from "./keys.ts";
import type { DashboardState } from "../view/state.ts";
import { stringWidth, wrapWords } from "../text/width.ts";

export interface HelpEntry {
  /** Empty where the entry goes on with the one above. */
  readonly shown: string;
  readonly text: string;
}

export interface HelpRow extends HelpEntry {
  /** In a second column. */
  readonly beside?: HelpEntry;
}

/** What a second column takes at least, the key's name included. */
const COLUMN_AT_LEAST = 32;

/** At most `rows` rows with texts meant for `width` columns; the last one says how many keys found no room. */
export function helpRows(state: DashboardState, width: number, rows: number, ellipsis = "…"): HelpRow[] {
  const keys = helpKeys(state);
  const whole = keys.flatMap(({ shown, description }) =>
    wrapWords(description, width).map((text, index) => ({ shown: index === 0 ? shown : "", text }))
  );
  if (whole.length <= rows) return whole;
  const brief = keys.map(({ shown, brief }) => ({ shown, text: brief }));
  if (brief.length <= rows) {
    return keys.map(({ shown, brief, description }) => ({
      shown,
      text: stringWidth(description) <= width ? description : brief,
    }));
  }
  const half = Math.ceil(brief.length / 2);
  if (width >= 2 * COLUMN_AT_LEAST && half <= rows) {
    return brief.slice(0, half).map((entry, row) => ({ ...entry, ...besideOf(brief[half + row]) }));
  }
  const room = Math.max(0, rows - 1);
  return [...brief.slice(0, room), { shown: "", text: `${ellipsis} ${brief.length - room} more` }];
}

function besideOf(entry: HelpEntry | undefined): Pick<HelpRow, "beside"> {
  return entry ? { beside: entry } : {};
}

/** history.csv, read back. */
import { readStoredText } from "../../files/stored.ts";
import { byFigure, FIGURE_NAMES } from "../../metrics.ts";
import { finiteOrNull, type History, HISTORY_CSV_HEAD } from "../../training/history.ts";

/**
 * The history in the text of a history.csv. A last line cut off by a kill is left out, and so is one that does not have
 * the head's columns; figures that are no numbers are null.
 */
export function parseHistory(text: string): History {
  const history: History = byFigure(() => []);
  if (!text.startsWith(HISTORY_CSV_HEAD)) return history;
  // A run may have a million epochs: no array of all lines.
  for (let start = HISTORY_CSV_HEAD.length; start < text.length;) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    const cells = text.slice(start, end).split(",");
    if (cells.length === FIGURE_NAMES.length + 1) {
      FIGURE_NAMES.forEach((name, index) => history[name].push(finiteOrNull(Number(cells[index + 1]))));
    }
    start = end + 1;
  }
  return history;
}

/** A run has a million epochs at most. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The history that a file holds; an empty one where it is not there or cannot be read. */
export function readHistory(path: string): History {
  try {
    return parseHistory(readStoredText({ path, remedy: "", exitStatus: 1, maxBytes: MAX_BYTES }));
  } catch {
    return parseHistory("");
  }
}

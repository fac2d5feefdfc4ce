/** history.csv, read back. */
import { readStoredText } from "../../files/stored.ts";
import { byFigure, MONITORS } from "../../metrics.ts";
import { finiteOrNull, type History, historyColumns, historyCsvHead } from "../../training/history.ts";

/**
 * The history in the text of a history.csv, whatever the run monitors. A last line cut off by a kill is left out, and so
 * is one that does not have the head's columns; figures that are no numbers are null.
 */
export function parseHistory(text: string): History {
  const history: History = byFigure(() => []);
  const columns = MONITORS.map(historyColumns).find((names) => text.startsWith(historyCsvHead(names)));
  if (!columns) return history;
  const values = columns.map((name) => history[name] ??= []);
  // A run may have a million epochs: no array of all lines.
  for (let start = historyCsvHead(columns).length; start < text.length;) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    const cells = text.slice(start, end).split(",");
    if (cells.length === columns.length + 1) {
      values.forEach((list, index) => list.push(finiteOrNull(Number(cells[index + 1]))));
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

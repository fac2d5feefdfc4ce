/** Reads history.csv. */
import { readStoredText } from "../../files/stored.ts";
import { byFigure, MONITORS } from "../../metrics.ts";
import { finiteOrNull, type History, historyColumns, historyCsvHead } from "../../training/history.ts";

/**
 * Parses the text of a history.csv, with any monitored figure. An incomplete last line and lines with the wrong number
 * of columns are skipped. Figures that are not numbers become null.
 */
export function parseHistory(text: string): History {
  const history: History = byFigure(() => []);
  const columns = MONITORS.map(historyColumns).find((names) => text.startsWith(historyCsvHead(names)));
  if (!columns) return history;
  const values = columns.map((name) => history[name] ??= []);
  // A run may have a million epochs, so the text is not split into an array of lines.
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

/** The maximum size of the file. A run has at most a million epochs. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Reads the history in a file. Returns an empty history if the file does not exist or cannot be read. */
export function readHistory(path: string): History {
  try {
    return parseHistory(readStoredText({ path, remedy: "", exitStatus: 1, maxBytes: MAX_BYTES }));
  } catch {
    return parseHistory("");
  }
}

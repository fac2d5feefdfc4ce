/** Begins, continues and reads history.csv. */
import { at } from "../../at.ts";
import { replaceFileSync } from "../../files/atomic.ts";
import { checkGuard } from "../../files/guard.ts";
import { PendingBytes } from "../../files/pending_bytes.ts";
import { readStoredText } from "../../files/stored.ts";
import { byFigure, type FigureName, MONITORS } from "../../metrics.ts";
import {
  epochsIn,
  figuresOfEpochs,
  finiteOrNull,
  type History,
  historyColumns,
  historyCsvHead,
  historyCsvRow,
} from "../../training/history.ts";

/**
 * Parses the text of a history.csv, with any monitored figure. An incomplete last line and lines with the wrong number
 * of columns are skipped. Figures that are not numbers become null.
 */
export function parseHistory(text: string): History {
  const none: History = byFigure(() => figuresOfEpochs());
  const columns = MONITORS.map(historyColumns).find((names) => text.startsWith(historyCsvHead(names)));
  if (!columns) return none;
  const values = columns.map((): (number | null)[] => []);
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
  return { ...none, ...Object.fromEntries(columns.map((name, index) => [name, figuresOfEpochs(at(values, index))])) };
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

/**
 * Writes history.csv with the epochs of a history, atomically. Rows of these epochs that the file has already are kept
 * as they are, because a history does not distinguish NaN from infinity. Rows of later epochs are removed.
 */
export function beginHistory(path: string, columns: readonly FigureName[], history: History): void {
  const head = historyCsvHead(columns);
  const written = rowsIn(path, head);
  const rows = Array.from({ length: epochsIn(history) }, (_, index) => {
    const figures = Object.fromEntries(columns.map((name) => [name, history[name]?.at(index) ?? NaN]));
    const row = historyCsvRow(columns, index + 1, figures);
    const kept = written[index];
    return kept !== undefined && parseHistoryRow(kept, columns) === parseHistoryRow(row, columns) ? kept : row;
  });
  replaceFileSync(path, head + rows.join(""));
}

/** Appends rows to history.csv. What a full disk refuses is kept, so that every epoch is in the file once. */
export class HistoryRows {
  readonly #pending = new PendingBytes();

  constructor(private readonly path: string) {}

  /** Adds a row for the next `flush`. */
  add(row: string): void {
    this.#pending.add(new TextEncoder().encode(row));
  }

  get unwrittenBytes(): number {
    return this.#pending.bytes;
  }

  /** Writes the added rows. @throws the system's error; what is not written yet stays for the next call */
  flush(): void {
    // Opened for each epoch, so that a row of a run whose folder was removed is an error. The check comes after that:
    // whoever takes the run over replaces the file, so a late row gets into the old one (`Ownership`).
    using file = Deno.openSync(this.path, { append: true, create: true });
    checkGuard(this.path);
    this.#pending.writeTo(file);
  }
}

/** Returns the rows of a file, each with its line break; none if the file cannot be read or has another head. */
function rowsIn(path: string, head: string): string[] {
  try {
    const text = readStoredText({ path, remedy: "", exitStatus: 1, maxBytes: MAX_BYTES });
    return text.startsWith(head) ? text.slice(head.length).match(/[^\n]*\n/g) ?? [] : [];
  } catch {
    return [];
  }
}

/** Returns a row's epoch and figures as text, with null for figures that are not finite. */
function parseHistoryRow(row: string, columns: readonly FigureName[]): string {
  const cells = row.trimEnd().split(",");
  return JSON.stringify([cells.length, at(cells, 0), ...columns.map((_, index) => finite(cells[index + 1]))]);
}

function finite(cell: string | undefined): number | null {
  return cell === undefined ? null : finiteOrNull(Number(cell));
}

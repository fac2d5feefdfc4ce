import { renderToString } from "ink";
import { stripVTControlCharacters } from "node:util";
import { RUNS_GAP } from "../src/dashboard/runs/runs_layout.ts";
import type { RunsTable as Texts } from "../src/dashboard/runs/runs_table.ts";
import { RunsTable } from "./RunsTable.tsx";

/** Renders the table of runs to lines. Only `drawRuns` calls it, which loads this file on demand. */
export function runsToLines(table: Texts, colour: boolean): string[] {
  const { columns } = table;
  const width = columns.reduce((sum, column) => sum + column.width, RUNS_GAP * (columns.length - 1));
  const text = renderToString(<RunsTable table={table} />, { columns: width });
  return (colour ? text : stripVTControlCharacters(text)).split("\n");
}

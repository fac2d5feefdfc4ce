/** The way in to the table of runs. Importing this costs nothing: Ink is loaded when there is a table to draw. */
import process from "node:process";
import type { RunsTable } from "../src/dashboard/runs/runs_table.ts";

/** The table's lines, with colours or without any escape sequence. */
export async function drawRuns(table: RunsTable, colour: boolean): Promise<string[]> {
  // React reads it when it is loaded; its development build is slower and checks what a test has checked.
  process.env["NODE_ENV"] ??= "production";
  const { runsToLines } = await import("./runs_to_lines.tsx");
  return runsToLines(table, colour);
}

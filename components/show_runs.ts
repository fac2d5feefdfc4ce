/** The entry point of the table of runs. Importing this module is cheap, because it loads Ink only when needed. */
import process from "node:process";
import type { RunsTable } from "../src/dashboard/runs/runs_table.ts";

/** Returns the lines of the table, with colours or without any escape sequences. */
export async function drawRuns(table: RunsTable, colour: boolean): Promise<string[]> {
  // React reads NODE_ENV when it is loaded. Its development build is slower.
  process.env["NODE_ENV"] ??= "production";
  const { runsToLines } = await import("./runs_to_lines.tsx");
  return runsToLines(table, colour);
}

/** `runs`: lists the runs in a folder, the newest first. */
import process from "node:process";
import { drawRuns } from "../../components/show_runs.ts";
import { ASCII, toAscii, UNICODE } from "../dashboard/drawing/glyphs.ts";
import { runsNotes } from "../dashboard/runs/runs_notes.ts";
import { runsTable } from "../dashboard/runs/runs_table.ts";
import { fromCaller } from "../paths.ts";
import { newestFirst } from "../run/overview/overview.ts";
import { readOverview } from "../run/overview/read_overview.ts";
import { listRuns } from "../run/folder/find_run.ts";
import { escapedJson } from "../text.ts";
import { isAscii, lineWidth } from "./terminal.ts";

/** Prints the table, or one run per line as JSON. Returns the exit status. */
export async function runs(folder: string, json: boolean, output: (line: string) => void): Promise<number> {
  const path = fromCaller(folder);
  const list = newestFirst(listRuns(path).map((run) => readOverview(run)));
  if (json) {
    for (const run of list) output(escapedJson(run));
    return 0;
  }
  const env = (name: string) => Deno.env.get(name);
  const width = lineWidth();
  const ascii = isAscii();
  const text = ascii ? toAscii : (line: string) => line;
  const glyphs = ascii ? ASCII : UNICODE;
  if (list.length > 0) {
    const table = runsTable(list, { width, now: Date.now(), glyphs, text });
    const colour = process.stdout.isTTY && !env("NO_COLOR") && env("TERM") !== "dumb";
    for (const line of await drawRuns(table, colour)) output(line);
  }
  for (const line of runsNotes(list, path, width, glyphs.ellipsis)) output(text(line));
  return 0;
}

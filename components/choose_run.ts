/** The entry point of the chooser of runs. Importing this module is cheap, because it loads Ink only when needed. */
import process from "node:process";
import type { Choice } from "../src/dashboard/runs/chooser.ts";
import type { ChooseOptions } from "./choose.tsx";

/** Lets a person choose a run. Always restores the terminal. */
export async function chooseRun(options: ChooseOptions): Promise<Choice> {
  // As in show_dashboard.ts, these must be set before React and Ink's chalk are loaded.
  process.env["NODE_ENV"] ??= "production";
  if (process.env["NO_COLOR"]) process.env["FORCE_COLOR"] = "0";
  const { drawChooser } = await import("./choose.tsx");
  return await drawChooser(options);
}

/** The way in to the chooser of runs. Importing this costs nothing: Ink is loaded when there is something to choose. */
import process from "node:process";
import type { ChooseOptions } from "./choose.tsx";

/** The id of the run that a person chose; null for none. The terminal is as it was on every way out. */
export async function chooseRun(options: ChooseOptions): Promise<string | null> {
  // As in show_dashboard.ts: React reads the one when it is loaded, Ink's chalk the other.
  process.env["NODE_ENV"] ??= "production";
  if (process.env["NO_COLOR"]) process.env["FORCE_COLOR"] = "0";
  const { drawChooser } = await import("./choose.tsx");
  return await drawChooser(options);
}

/** The way in to the dashboard. Importing this costs nothing: Ink is loaded when a dashboard is shown. */
import process from "node:process";
import type { DashboardExit } from "../src/dashboard/session/exit.ts";
import type { DashboardOptions } from "./render.tsx";

export type { DashboardOptions };

/**
 * Shows the run until it ends or the person leaves. On every way out the terminal is as it was, and the summary stands
 * on the normal screen. Rejects where the connection could not be had or a view threw.
 */
export async function showDashboard(options: DashboardOptions): Promise<DashboardExit> {
  // React reads it when it is loaded. Its development build checks every element, which each frame pays for.
  process.env["NODE_ENV"] ??= "production";
  // Ink's chalk reads FORCE_COLOR when it is loaded, and knows nothing of NO_COLOR, which counts unless empty
  // (https://no-color.org) and wins over a FORCE_COLOR beside it.
  if (process.env["NO_COLOR"]) process.env["FORCE_COLOR"] = "0";
  const { drawDashboard } = await import("./render.tsx");
  return await drawDashboard(options);
}

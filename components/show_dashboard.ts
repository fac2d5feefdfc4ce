/** The entry point of the dashboard. Importing this module is cheap, because it loads Ink only when needed. */
import process from "node:process";
import type { DashboardExit } from "../src/dashboard/session/exit.ts";
import type { DashboardOptions } from "./render.tsx";

export type { DashboardOptions };

/**
 * Shows the run until it ends or the person leaves. Always restores the terminal and prints the summary on the normal
 * screen. Rejects if the connection fails or a view throws.
 */
export async function showDashboard(options: DashboardOptions): Promise<DashboardExit> {
  // React reads NODE_ENV when it is loaded. Its development build checks every element, which would slow down each
  // frame.
  process.env["NODE_ENV"] ??= "production";
  // Ink's chalk reads FORCE_COLOR when it is loaded, but does not support NO_COLOR. NO_COLOR applies unless it is empty
  // (https://no-color.org) and takes precedence over FORCE_COLOR.
  if (process.env["NO_COLOR"]) process.env["FORCE_COLOR"] = "0";
  const { drawDashboard } = await import("./render.tsx");
  return await drawDashboard(options);
}

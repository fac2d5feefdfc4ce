/** Shows a run in the way that fits where it is shown, and says with which status the viewer ends. */
import process from "node:process";
import type { RunDirectory } from "../run/folder/directory.ts";
import type { RunConnection } from "../run/control/connection.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import type { ViewFlags } from "./command_flags.ts";
import { uniqueStart } from "../run/folder/find_run.ts";
import { RunBeside } from "../run/log/beside.ts";
import { chooseView } from "../dashboard/session/choose_view.ts";
import { writeOut } from "./output.ts";

export interface ViewRequest {
  /** Finds the run, and for its owner starts it. Called once the first frame stands: two processes that start at the
   * same time on few cores would both be late. */
  readonly connect: () => Promise<RunConnection>;
  readonly role: "owner" | "watch";
  readonly run: Pick<RunDirectory, "id" | "path">;
  readonly flags: ViewFlags;
  /** How long the dashboard stays once the run is over, in milliseconds. */
  readonly stayMs: number;
  /** Commands to the trainer are not offered. */
  readonly readOnly?: boolean;
  /** A run whose curves are laid over this one's, in the dashboard. */
  readonly beside?: RunDirectory;
}

/** Shows the run to its end, or until the person leaves. Only the view that is used is loaded. */
export async function viewRun(
  { connect, role, run, flags, stayMs, readOnly = false, beside }: ViewRequest,
): Promise<DashboardExit> {
  const env = (name: string) => Deno.env.get(name);
  const view = chooseView({ isTTY: process.stdout.isTTY && process.stdin.isTTY, env, ...flags });
  const connection = Promise.withResolvers<RunConnection>();
  if (view !== "ink") {
    const { runJson, runPlain } = await import("../dashboard/plain/run_lines.ts");
    const runLines = view === "json" ? runJson : runPlain;
    const exit = runLines({ connection: connection.promise, role, run, write: writeOut });
    // Only now: it listens for signals, and one that comes as the trainer starts must not end the viewer alone.
    connection.resolve(Promise.resolve().then(connect));
    return await exit;
  }
  const { showDashboard } = await import("../../components/show_dashboard.ts");
  return await showDashboard({
    connection: connection.promise,
    onFirstFrame: () => connection.resolve(connect()),
    role,
    run,
    fps: flags.fps,
    stayMs,
    shortId: () => uniqueStart(run),
    readOnly,
    ...(beside ? { beside: new RunBeside(beside) } : {}),
    stdin: process.stdin,
    stdout: process.stdout,
    env,
  });
}

/** Shows a run as the output allows: as a dashboard, plain lines or JSON lines. */
import process from "node:process";
import { type RunDirectory, runDirectory } from "../run/folder/directory.ts";
import type { RunConnection } from "../run/control/connection.ts";
import { goneOn } from "../run/control/gone_on.ts";
import type { GoOn } from "../dashboard/session/going_on.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import type { ViewFlags } from "./command_flags.ts";
import { uniqueStart } from "../run/folder/find_run.ts";
import { RunBeside } from "../run/log/beside.ts";
import { chooseView, type View } from "../dashboard/session/choose_view.ts";
import type { SeriesPlace } from "../run/folder/series_place.ts";
import { ringBell, writeOut } from "./output.ts";

export interface ViewRequest {
  /**
   * Connects to the run, and starts it if the viewer is its owner. Called after the first frame is drawn: two processes
   * that start at the same time on few cores would both be late.
   */
  readonly connect: () => Promise<RunConnection>;
  /** Lets the run go on after its end. */
  readonly goOn?: GoOn;
  /** Whether the dashboard asks at once how the run goes on, if it has reached its end. */
  readonly asksGoOn?: boolean;
  readonly role: "owner" | "watch";
  readonly run: Pick<RunDirectory, "id" | "path">;
  readonly flags: ViewFlags;
  /** How long the dashboard stays open after the end of the run, in milliseconds. */
  readonly stayMs: number;
  /** Whether commands to the trainer are disabled. */
  readonly readOnly?: boolean;
  /** Resolves with the signal that ended the trainer, or null if it is unknown. */
  readonly trainerSignal?: () => Promise<string | null>;
  /** The series that the run belongs to, for the dashboard. */
  readonly series?: SeriesPlace | undefined;
  /**
   * For a run that goes on: the number of the last event before that. Plain lines and JSON lines leave out the events
   * up to it.
   */
  readonly resumesAfter?: number | undefined;
  /** Returns whether the series goes on, for viewers that did not start it. */
  readonly seriesGoesOn?: () => boolean;
  /** A run whose curves are drawn over this one's in the dashboard. */
  readonly beside?: RunDirectory;
}

/** Returns the view for these flags and the terminal that this process has. */
export function viewHere(flags: ViewFlags): View {
  const isTTY = process.stdout.isTTY && process.stdin.isTTY;
  return chooseView({ isTTY, env: (name) => Deno.env.get(name), ...flags });
}

/** Shows the run until its end, or until the person leaves. Loads only the view that is used. */
export async function viewRun(
  {
    connect,
    goOn,
    asksGoOn = false,
    role,
    run,
    flags,
    stayMs,
    readOnly = false,
    series,
    seriesGoesOn,
    resumesAfter,
    beside,
    trainerSignal,
  }: ViewRequest,
): Promise<DashboardExit> {
  const env = (name: string) => Deno.env.get(name);
  const view = viewHere(flags);
  const connection = Promise.withResolvers<RunConnection>();
  if (view !== "ink") {
    const { runJson, runPlain } = await import("../dashboard/plain/run_lines.ts");
    const runLines = view === "json" ? runJson : runPlain;
    const exit = runLines({
      ...{ connection: connection.promise, role, run, series, resumesAfter },
      ...{ write: writeOut, trainerSignal },
      ...(flags.bell ? { ring: ringBell } : {}),
    });
    // Connects only after the view listens for signals. A signal that arrives while the trainer starts must not end
    // only the viewer.
    connection.resolve(Promise.resolve().then(connect));
    return await exit;
  }
  const { showDashboard } = await import("../../components/show_dashboard.ts");
  return await showDashboard({
    connection: connection.promise,
    onFirstFrame: () => connection.resolve(connect()),
    role,
    run,
    ...{ fps: flags.fps, bell: flags.bell },
    stayMs,
    shortId: () => uniqueStart(run),
    readOnly,
    asksGoOn,
    resumesAfter,
    ...(goOn ? { goOn } : {}),
    goneOn: (how) => goneOn(runDirectory(run.path), how),
    ...(series ? { series } : {}),
    ...(seriesGoesOn ? { seriesGoesOn } : {}),
    ...(trainerSignal ? { trainerSignal } : {}),
    ...(beside ? { beside: new RunBeside(beside) } : {}),
    stdin: process.stdin,
    stdout: process.stdout,
    env,
  });
}

/** `stop`, `checkpoint`, `pause` and `resume`: send a command to a live run and print what took effect. */
import { counted } from "../counted.ts";
import type { EpochFigures, RunEvent } from "../events.ts";
import { DEFAULT_MONITOR, type FigureName } from "../metrics.ts";
import { attach } from "../run/control/attach.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { liveRun } from "./find.ts";
import { complain } from "./output.ts";

/** The commands that can be sent. */
export type Sent = "stop" | "checkpoint" | "pause" | "resume";

/** For each command, what to print for the event that shows its effect; null for any other event. */
const EFFECTS: Readonly<Record<Sent, (event: RunEvent, run: RunDirectory) => string | null>> = {
  // A stop has taken effect when the run has ended.
  stop: (event, run) => {
    if (event.type !== "end") return null;
    if (event.refused !== undefined) return `${run.id}: ${event.refused}`;
    return `${run.id}: ${event.reason} after ${counted(event.epochs, "epoch", "epochs")}${
      bestText(event.best, run)
    }; ${event.directory}`;
  },
  checkpoint: (event) => event.type === "checkpoint" && event.kind === "manual" ? event.path : null,
  // A run is paused after the current step, or when its set-up is done. One that waits for a disk is paused already.
  pause: (event, { id, path }) =>
    event.type === "control" && event.state === "paused" && !event.disk
      ? `${id}: paused. To go on: deno task resume ${runArgument({ id, path })}`
      : null,
  resume: (event, { id }) => isGoingOn(event) ? `${id}: resumed` : null,
};

/** Returns ", best val_accuracy 0.640 in epoch 21", or an empty text if no epoch has the monitored figure. */
function bestText(best: EpochFigures | null, run: RunDirectory): string {
  const monitor = monitorOf(run);
  const value = best?.[monitor] ?? null;
  return best === null || value === null ? "" : `, best ${monitor} ${value.toFixed(3)} in epoch ${best.epoch}`;
}

/** Returns the figure that the run monitors, or the default if config.json cannot be read. */
function monitorOf({ config }: RunDirectory): FigureName {
  try {
    return readRunConfig(config).options.monitor;
  } catch {
    return DEFAULT_MONITOR;
  }
}

/**
 * Returns whether a run that has accepted `resume` goes on. If its pause had not taken effect yet, there is no event
 * that says so, and the run just goes on working.
 */
function isGoingOn(event: RunEvent): boolean {
  return event.type === "control" ? event.state === "resumed" : ["phase", "progress", "epoch"].includes(event.type);
}

/** Sends a command to a live run, waits for its effect, and prints it. Returns the exit status. */
export async function send(
  command: Sent,
  wanted: string | undefined,
  runs: string,
  output: (line: string) => void,
): Promise<number> {
  const run = liveRun(wanted, runs, command);
  const connection = await attach(run, {
    role: "viewer",
    stopOnLoss: false,
    since: "now",
  });
  try {
    const reply = await connection.send({ type: command }, (line) => complain(`${run.id}: ${line}`));
    if (!reply.ok) {
      complain(`${run.id}: ${reply.text}`);
      return 1;
    }
    let ended = false;
    for await (const event of connection.events) {
      const line = EFFECTS[command](event, run);
      if (line !== null) {
        output(line);
        return 0;
      }
      ended ||= event.type === "end";
    }
    const what = ended
      ? "the run ended before the command took effect"
      : `the trainer exited without finishing the run. See ${run.trainerLog}`;
    complain(`${run.id}: ${what}`);
    return 1;
  } finally {
    await connection.close("detach");
  }
}

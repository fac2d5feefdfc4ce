/** `stop`, `checkpoint`, `pause` and `resume`: send a command to a live run and print what took effect. */
import { counted } from "../counted.ts";
import type { EpochFigures, RunEvent } from "../events.ts";
import type { Command } from "../protocol.ts";
import { DEFAULT_MONITOR, type FigureName } from "../metrics.ts";
import { attach } from "../run/control/attach.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { runArgument } from "../run/folder/run_argument.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { liveRun } from "./find.ts";
import { complain } from "./output.ts";

/** Stops a live run after the current step and saves it. Returns once it has ended. */
export function stop(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(wanted, runs, { type: "stop" }, output, (event, run) => {
    if (event.type !== "end") return null;
    if (event.refused !== undefined) return `${run.id}: ${event.refused}`;
    return `${run.id}: ${event.reason} after ${counted(event.epochs, "epoch", "epochs")}${
      bestText(event.best, run)
    }; ${event.directory}`;
  });
}

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

/** Saves a checkpoint of a live run, and prints its path. */
export function checkpoint(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(
    wanted,
    runs,
    { type: "checkpoint" },
    output,
    (event) => event.type === "checkpoint" && event.kind === "manual" ? event.path : null,
  );
}

/** Pauses a live run. Returns once it is paused: after the current step, or when its set-up is done. */
export function pause(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(
    wanted,
    runs,
    { type: "pause" },
    output,
    (event, { id, path }) =>
      event.type === "control" && event.state === "paused" && !event.disk
        ? `${id}: paused. To go on: deno task resume ${runArgument({ id, path })}`
        : null,
  );
}

/** Lets a paused run go on. Returns once it does. */
export function resume(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(
    wanted,
    runs,
    { type: "resume" },
    output,
    (event, { id }) => isGoingOn(event) ? `${id}: resumed` : null,
  );
}

/**
 * Returns whether a run that has accepted `resume` goes on. If its pause had not taken effect yet, there is no event
 * that says so, and the run just goes on working.
 */
function isGoingOn(event: RunEvent): boolean {
  return event.type === "control" ? event.state === "resumed" : ["phase", "progress", "epoch"].includes(event.type);
}

/**
 * Sends a command and waits for its effect.
 * @param done returns the line to print for the event that ends the waiting, or null for any other event
 */
async function sendAndAwait(
  wanted: string | undefined,
  runs: string,
  command: Command,
  output: (line: string) => void,
  done: (event: RunEvent, run: RunDirectory) => string | null,
): Promise<number> {
  const run = liveRun(wanted, runs, command.type);
  const connection = await attach(run, {
    role: "viewer",
    stopOnLoss: false,
    since: "now",
  });
  try {
    const reply = await connection.send(command, (line) => complain(`${run.id}: ${line}`));
    if (!reply.ok) {
      complain(`${run.id}: ${reply.text}`);
      return 1;
    }
    let ended = false;
    for await (const event of connection.events) {
      const line = done(event, run);
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

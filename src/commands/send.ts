/** `stop` and `checkpoint`: one command to a live run, and what came of it. */
import type { EpochFigures, RunEvent } from "../events.ts";
import type { Command } from "../protocol.ts";
import { DEFAULT_MONITOR, type FigureName } from "../metrics.ts";
import { attach } from "../run/control/attach.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { liveRun } from "./find.ts";
import { complain } from "./output.ts";

/** Ends a live run after the batch under way, saved. Returns once it has ended. */
export function stop(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(wanted, runs, { type: "stop" }, output, (event, run) => {
    if (event.type !== "end") return null;
    return `${run.id}: ${event.reason} after ${event.epochs} epochs${bestText(event.best, run)}; ${event.directory}`;
  });
}

/** ", best val_accuracy 0.640 in epoch 21"; empty where no epoch has the monitored figure. */
function bestText(best: EpochFigures | null, run: RunDirectory): string {
  const monitor = monitorOf(run);
  const value = best?.[monitor] ?? null;
  return best === null || value === null ? "" : `, best ${monitor} ${value.toFixed(3)} in epoch ${best.epoch}`;
}

/** The figure that the run goes by; the default where config.json does not tell. */
function monitorOf({ config }: RunDirectory): FigureName {
  try {
    return readRunConfig(config).options.monitor;
  } catch {
    return DEFAULT_MONITOR;
  }
}

/** Has a live run write a checkpoint; prints its path. */
export function checkpoint(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(
    wanted,
    runs,
    { type: "checkpoint" },
    output,
    (event) => event.type === "checkpoint" && event.kind === "manual" ? event.path : null,
  );
}

/** @param done the line that ends the waiting, or null for an event that does not. */
async function sendAndAwait(
  wanted: string | undefined,
  runs: string,
  command: Command,
  output: (line: string) => void,
  done: (event: RunEvent, run: RunDirectory) => string | null,
): Promise<number> {
  const run = liveRun(wanted, runs, command.type === "stop" ? "stop" : "save");
  const connection = await attach(run, {
    role: "viewer",
    stopOnLoss: false,
    since: "now",
  });
  try {
    const reply = await connection.send(command);
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
      ? "the run ended before that"
      : `the trainer exited without finishing the run; see ${run.trainerLog}`;
    complain(`${run.id}: ${what}`);
    return 1;
  } finally {
    await connection.close("detach");
  }
}

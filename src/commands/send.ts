/** `stop` and `checkpoint`: one command to a live run, and what came of it. */
import type { Command, RunEvent } from "../events.ts";
import { figure } from "../dashboard/text/formats.ts";
import { DEFAULT_MONITOR } from "../metrics.ts";
import { attach, isStarting } from "../run/attach.ts";
import { liveRun } from "./find.ts";

/** Ends a live run after the batch under way, saved. Returns once it has ended. */
export function stop(wanted: string | undefined, runs: string, output: (line: string) => void): Promise<number> {
  return sendAndAwait(wanted, runs, { type: "stop" }, output, (event, id) => {
    if (event.type !== "end") return null;
    const best = event.best
      ? `, best ${DEFAULT_MONITOR} ${figure(event.best[DEFAULT_MONITOR], 3)} in epoch ${event.best.epoch}`
      : "";
    return `${id}: ${event.reason} after ${event.epochs} epochs${best}; ${event.directory}`;
  });
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
  done: (event: RunEvent, id: string) => string | null,
): Promise<number> {
  const run = liveRun(wanted, runs);
  const connection = await attach(run, {
    role: "viewer",
    stopOnLoss: false,
    since: "now",
    trainerMayCome: () => isStarting(run),
  });
  try {
    const reply = await connection.send(command);
    if (!reply.ok) {
      console.error(`headlight: ${run.id}: ${reply.text}`);
      return 1;
    }
    let ended = false;
    for await (const event of connection.events) {
      const line = done(event, run.id);
      if (line !== null) {
        output(line);
        return 0;
      }
      ended ||= event.type === "end";
    }
    const what = ended ? "the run ended before that" : `the trainer is gone without a word; see ${run.trainerLog}`;
    console.error(`headlight: ${run.id}: ${what}`);
    return 1;
  } finally {
    await connection.close("detach");
  }
}

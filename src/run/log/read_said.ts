/** What the end of a run's log says of it. */
import { basename } from "node:path";
import { errorLine } from "../../errors.ts";
import type { EndReason, RunEvent } from "../../events.ts";
import { StoredFileError } from "../../files/stored.ts";
import { phaseOf, type RunState, runStateOf, SILENT_RUN } from "../../run_state/run_state.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { END_BYTES, eventsFromEnd } from "./log_end.ts";

/** A value, or one line that says why it is not available. */
export type Or<T> = T | { readonly problem: string };

/** Returns why a run ended, or null if it did not, as its overview says it. Reads nothing but the end of the log. */
export function readReason({ events }: RunDirectory): EndReason | null {
  const said = readSaid(events);
  return "problem" in said ? null : said.end?.reason ?? null;
}

/**
 * The maximum number of bytes to read from the end of a log. A run that is paused for hours writes nothing but `system`
 * events.
 */
const MOST_BYTES = 256 * END_BYTES;

/** Types of events that show whether a run is paused. After a pause, a checkpoint and sample images may still come. */
const TELLS_CONTROL = new Set<RunEvent["type"]>(["control", "epoch", "phase", "progress", "resume"]);

/** Reads the last events of a log, as far back as necessary to find the run's progress and whether it is paused. */
export function readSaid(path: string): Or<RunState> {
  const name = basename(path);
  try {
    let said: RunState | null = null;
    let sound = false;
    for (let bytes = END_BYTES;; bytes *= 16) {
      let control: RunEvent | null = null;
      said = null;
      for (const event of eventsFromEnd(path, bytes)) {
        sound = true;
        const alone: RunState = runStateOf([event]);
        if (said === null && (alone.end || event.type === "resume" || phaseOf(alone))) said = alone;
        if (control === null && TELLS_CONTROL.has(event.type)) control = event;
        if (said?.end || (said && control)) return control?.type === "control" ? runStateOf([control], said) : said;
      }
      if (bytes >= MOST_BYTES || bytes >= Deno.statSync(path).size) break;
    }
    if (said !== null) return said;
    return sound || Deno.statSync(path).size === 0 ? SILENT_RUN : { problem: `${name} has no event at its end` };
  } catch (error) {
    return { problem: `${name} ${error instanceof StoredFileError ? error.wrong : errorLine(error)}` };
  }
}

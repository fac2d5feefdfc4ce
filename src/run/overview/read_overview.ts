/** Reads a run's overview from its folder, quickly and in any state of the folder. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { errorLine, HeadlightError } from "../../errors.ts";
import { readStoredJson, StoredFileError } from "../../files/stored.ts";
import { shellWord } from "../../shell.ts";
import { checkpointNames } from "../checkpoints/checkpoint_names.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { configFile } from "../folder/run_config.ts";
import { readHistory } from "../log/history_file.ts";
import type { RunEvent } from "../../events.ts";
import { END_BYTES, eventsFromEnd } from "../log/log_end.ts";
import { custodyOf, hasTrainer } from "../owner/custody.ts";
import { folderSize } from "../../files/folder_size.ts";
import { phaseOf, type RunState, runStateOf, SILENT_RUN } from "../../run_state/run_state.ts";
import { type ConfigFacts, configFactsSchema, type Or, type Overview, overview } from "./overview.ts";

/**
 * Returns the overview of a run. Never throws: it says what is missing or broken. Reads config.json, history.csv and
 * the end of the log, so that the length of the log does not matter.
 */
export function readOverview(run: RunDirectory, now: number = Date.now()): Overview {
  const config = readConfig(run.config);
  return overview({
    id: run.id,
    directory: run.path,
    config,
    said: hasBegun(run, config) ? readSaid(run.events) : SILENT_RUN,
    history: readHistory(run.history),
    custody: custodyOf(run, now).kind,
    saved: isSaved(run.checkpoints),
    bytes: folderSize(run.path),
  });
}

function isSaved(checkpoints: string): boolean {
  try {
    return checkpointNames(checkpoints).length > 0;
  } catch {
    // The folder cannot be read.
    return false;
  }
}

/**
 * Returns whether a trainer has ever run. A viewer that is killed before it starts the trainer leaves a config.json
 * without the facts that the trainer adds, and no log.
 */
function hasBegun({ events }: RunDirectory, config: Or<ConfigFacts>): boolean {
  return "problem" in config || config.resolved !== null || existsSync(events);
}

/**
 * Refuses a run that no command can use: one without a trainer whose config.json is missing or invalid. Such a run is
 * listed by `runs`, described by `summary` and removed by `runs rm`.
 * @throws HeadlightError (2)
 */
export function refuseBroken(run: RunDirectory): void {
  if (hasTrainer(run)) return;
  const config = readConfig(run.config);
  if (!("problem" in config)) return;
  throw new HeadlightError(
    `Run ${run.id} is broken: ${config.problem}. To remove it: deno task runs rm ${shellWord(run.path)}`,
  );
}

function readConfig(path: string): Or<ConfigFacts> {
  try {
    return readStoredJson(configFile(path), configFactsSchema);
  } catch (error) {
    return { problem: `config.json ${error instanceof StoredFileError ? error.wrong : errorLine(error)}` };
  }
}

/**
 * The maximum number of bytes to read from the end of a log. A run that is paused for hours writes nothing but `system`
 * events.
 */
const MOST_BYTES = 256 * END_BYTES;

/** Types of events that show whether a run is paused. After a pause, a checkpoint and sample images may still come. */
const TELLS_CONTROL = new Set<RunEvent["type"]>(["control", "epoch", "phase", "progress", "resume"]);

/** Reads the last events of a log, as far back as necessary to find the run's progress and whether it is paused. */
function readSaid(path: string): Or<RunState> {
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

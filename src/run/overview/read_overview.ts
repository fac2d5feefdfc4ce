/** Reads a run's overview from its folder, quickly and in any state of the folder. */
import { existsSync } from "node:fs";
import { errorLine, HeadlightError } from "../../errors.ts";
import { freeBytes } from "../../files/room.ts";
import { readStoredJson, StoredFileError } from "../../files/stored.ts";
import { checkpointNames } from "../checkpoints/checkpoint_names.ts";
import type { RunDirectory } from "../folder/directory.ts";
import { runArgument } from "../folder/run_argument.ts";
import { configFile } from "../folder/run_config.ts";
import { readHistory } from "../log/history_file.ts";
import { type Or, readSaid } from "../log/read_said.ts";
import { custodyOf, hasTrainer } from "../owner/custody.ts";
import { folderSize } from "../../files/folder_size.ts";
import { SILENT_RUN } from "../../run_state/run_state.ts";
import { type ConfigFacts, configFactsSchema, type Overview, overview } from "./overview.ts";

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
    diskIsFull: (freeBytes(run.path) ?? Infinity) < FULL_BELOW_BYTES,
  });
}

/** With less room than this, the next lines of a log do not fit. */
const FULL_BELOW_BYTES = 64 * 1024;

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
    `Run ${run.id} is broken: ${config.problem}. Restore it from a copy, or remove the run: deno task runs rm ${
      runArgument(run)
    }`,
  );
}

function readConfig(path: string): Or<ConfigFacts> {
  try {
    return readStoredJson(configFile(path), configFactsSchema);
  } catch (error) {
    return { problem: `config.json ${error instanceof StoredFileError ? error.wrong : errorLine(error)}` };
  }
}

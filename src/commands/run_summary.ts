/** `summary RUN`: prints a run's model, its data, its results, and the command that repeats it. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { toAscii } from "../dashboard/drawing/glyphs.ts";
import { runCardLines, type RunStory } from "../dashboard/summary/run_card.ts";
import { HeadlightError } from "../errors.ts";
import type { RunEvent } from "../events.ts";
import { flagOf } from "../options.ts";
import { summaryLineLength, summaryOfWidth } from "../model/summary.ts";
import { readStoredText } from "../files/stored.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { eventsFromEnd } from "../run/log/log_end.ts";
import { readOverview } from "../run/overview/read_overview.ts";
import { readRunConfig, type RunConfig } from "../run/folder/run_config.ts";
import { findRun } from "../run/folder/find_run.ts";
import { repeatCommand } from "../run/repeat.ts";
import { stripControl } from "../text.ts";
import { isAscii, lineWidth } from "./terminal.ts";

/**
 * Prints the summary, even if the run is live, lost or broken. Returns the exit status.
 * @param given the names of the model options that were given, which a run does not accept
 * @throws HeadlightError (2) if there is no such run, or a model option was given
 */
export function runSummary(
  wanted: string,
  runs: string,
  given: readonly string[],
  output: (line: string) => void,
): number {
  const [flag] = given;
  if (flag !== undefined) {
    throw new HeadlightError(
      `${flagOf(flag)} cannot be combined with a run, which has its own model. Remove one of them.`,
    );
  }
  const run = findRun(wanted, fromCaller(runs), callerDirectory());
  const ascii = isAscii();
  const columns = lineWidth();
  for (const line of summaryOfWidth(modelLines(run), summaryLineLength(columns))) output(line);
  for (const line of runCardLines(readStory(run), columns)) output(ascii ? toAscii(line) : line);
  return 0;
}

function modelLines({ summary }: RunDirectory): string[] {
  try {
    // Stripped line by line, because `stripControl` replaces line breaks.
    return [
      ...readStoredText({ path: summary, remedy: "", exitStatus: 1 }).trimEnd().split("\n").map(stripControl),
      "",
    ];
  } catch {
    return ["summary.txt is missing: the run was not prepared, or the file was deleted", ""];
  }
}

function readStory(run: RunDirectory): RunStory {
  const events = lastEvents(run.events);
  return {
    overview: readOverview(run),
    config: readConfig(run),
    end: events.find((event) => event.type === "end") ?? null,
    stopping: events.find((event) => event.type === "early_stopping") ?? null,
    saved: existsSync(run.checkpoints),
  };
}

/** Returns the last events, the last one first. Errors are left out, because the overview reports them. */
function lastEvents(path: string): RunEvent[] {
  try {
    return [...eventsFromEnd(path)];
  } catch {
    return [];
  }
}

/** Returns the config, or null if it cannot be read. The overview reports the error. */
function readConfig({ config: file, path }: RunDirectory): RunConfig | null {
  try {
    const config = readRunConfig(file);
    const runs = dirname(path);
    if (config.repeat === null || config.options.runs === runs) return config;
    // The folder was moved. The repeated run belongs beside it.
    const options = { ...config.options, runs };
    return { ...config, options, repeat: repeatCommand({ ...config, options }) };
  } catch {
    return null;
  }
}

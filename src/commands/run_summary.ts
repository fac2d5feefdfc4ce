/** `summary RUN`: a run's model, what it was trained on, how it went, and the command that repeats it. */
import { toAscii } from "../dashboard/drawing/glyphs.ts";
import { runCardLines, type RunStory } from "../dashboard/summary/run_card.ts";
import { HeadlightError } from "../errors.ts";
import type { RunEvent } from "../events.ts";
import { flagOf } from "../options.ts";
import { readStoredText } from "../files/stored.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { eventsFromEnd } from "../run/log/log_end.ts";
import { readOverview } from "../run/overview/read_overview.ts";
import { readRunConfig, type RunConfig } from "../run/folder/run_config.ts";
import { findRun } from "../run/folder/find_run.ts";
import { stripControl } from "../text.ts";
import { isAscii, lineWidth } from "./terminal.ts";

/**
 * Prints it, also for a run that is live, lost or broken; returns the exit status.
 * @param given names of the model's options that were given; a run has them already.
 * @throws HeadlightError (2) where there is no such run, or a flag was given.
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
      `${flagOf(flag)} cannot be combined with a run, whose model is already made. Remove one of them.`,
    );
  }
  const run = findRun(wanted, fromCaller(runs), callerDirectory());
  const ascii = isAscii();
  for (const line of modelLines(run)) output(line);
  const columns = lineWidth();
  for (const line of runCardLines(readStory(run), columns)) output(ascii ? toAscii(line) : line);
  return 0;
}

function modelLines({ summary }: RunDirectory): string[] {
  try {
    // Stripped line by line: a line break is no control character to be taken out here.
    return [
      ...readStoredText({ path: summary, remedy: "", exitStatus: 1 }).trimEnd().split("\n").map(stripControl),
      "",
    ];
  } catch {
    return ["no summary.txt: the run was not prepared, or the file is lost", ""];
  }
}

function readStory(run: RunDirectory): RunStory {
  const events = lastEvents(run.events);
  return {
    overview: readOverview(run),
    config: readConfig(run.config),
    end: events.find((event) => event.type === "end") ?? null,
    stopping: events.find((event) => event.type === "early_stopping") ?? null,
  };
}

/** The last event first. What is wrong with the log is in the overview. */
function lastEvents(path: string): RunEvent[] {
  try {
    return [...eventsFromEnd(path)];
  } catch {
    return [];
  }
}

/** What is wrong with it is in the overview. */
function readConfig(path: string): RunConfig | null {
  try {
    return readRunConfig(path);
  } catch {
    return null;
  }
}

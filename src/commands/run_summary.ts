/** `summary RUN`: prints a run's model, its data, its results, and the command that repeats it. */
import { toAscii } from "../dashboard/drawing/glyphs.ts";
import { runCardLines } from "../dashboard/summary/run_card.ts";
import { HeadlightError } from "../errors.ts";
import { flagOf } from "../options.ts";
import { summaryLineLength, summaryOfWidth } from "../model/summary.ts";
import { readStoredText } from "../files/stored.ts";
import { callerDirectory, fromCaller } from "../paths.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { findRun } from "../run/folder/find_run.ts";
import { readStory } from "./run_story.ts";
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

/** Compares runs on their validation images and prints the result. Used by `compare` and by a series of runs. */
import { toAscii } from "../dashboard/drawing/glyphs.ts";
import { type ComparedRun, comparedRun } from "../results/comparison/compared_run.ts";
import { type Answers, compareRuns, type Comparison } from "../results/comparison/comparison.ts";
import { comparisonJson } from "../results/comparison/comparison_json.ts";
import { comparisonLines } from "../results/comparison/comparison_text.ts";
import { plottedRun } from "../results/plotted_run.ts";
import { painter } from "../results/terminal_paint.ts";
import { terminalPlot } from "../results/terminal_plot.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { hasTrainer } from "../run/owner/custody.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { readEvents } from "../run/log/event_log.ts";
import { type RunState, runStateOf } from "../run_state/run_state.ts";
import { correctByImage, NO_EPOCH, RunEvaluator } from "./evaluate_runs.ts";
import { colourDepth, columns, isAscii } from "./terminal.ts";

/** A run to compare, with what its folder says. */
export interface FoundRun {
  readonly run: RunDirectory;
  readonly state: RunState;
  readonly compared: ComparedRun;
}

/** Reads a run's folder. @throws HeadlightError (2) if its files are damaged */
export function findFacts(run: RunDirectory): FoundRun {
  const state = runStateOf(readEvents(run.events));
  return { run, state, compared: comparedRun(run.id, readRunConfig(run.config).options, state, hasTrainer(run)) };
}

/** Returns the runs in the order in which they are compared: those without a finished epoch come last. */
export function inOrder(runs: readonly FoundRun[]): FoundRun[] {
  return runs.toSorted((one, other) => Number(!one.compared.best) - Number(!other.compared.best));
}

/** Compares runs. In their order the letters are those of their curves. */
export async function compareFound(runs: readonly FoundRun[]): Promise<{ found: FoundRun[]; comparison: Comparison }> {
  const found = inOrder(runs);
  return { found, comparison: compareRuns(found.map(({ compared }) => compared), await answersOf(found)) };
}

/** Prints the curves over each other, the table and the sentences, or one JSON object. */
export async function printComparison(
  runs: readonly FoundRun[],
  { json }: { readonly json: boolean },
  output: (line: string) => void,
): Promise<void> {
  const { found, comparison } = await compareFound(runs);
  if (json) {
    output(JSON.stringify(comparisonJson(comparison)));
    return;
  }
  // The curves take more rows than a small screen has. The table comes last, where it is seen first.
  printCurves(found, output);
  printLines(comparisonLines(comparison, columns()), output);
}

/** Prints the curves of the runs that have an epoch over each other, and an empty line. */
export function printCurves(found: readonly FoundRun[], output: (line: string) => void): void {
  const plotted = found.filter(({ compared }) => compared.best).map(({ run, state }) => plottedRun(run.id, state));
  if (plotted.length === 0) return;
  const look = { columns: columns(), ascii: isAscii(), paint: painter(colourDepth()) };
  for (const line of [...terminalPlot(plotted, look), ""]) output(line);
}

/** Prints lines, in ASCII where the locale has nothing else. */
export function printLines(lines: readonly string[], output: (line: string) => void): void {
  const ascii = isAscii();
  for (const line of lines) output(ascii ? toAscii(line) : line);
}

/** Evaluates the best head of each run on its validation set. */
async function answersOf(found: readonly FoundRun[]): Promise<Answers[]> {
  const evaluator = new RunEvaluator();
  const answers: Answers[] = [];
  for (const { run, compared } of found) {
    answers.push(
      compared.best
        ? await evaluator.evaluate(run, ({ evaluation }) => correctByImage(evaluation))
        : { problem: NO_EPOCH },
    );
  }
  return answers;
}

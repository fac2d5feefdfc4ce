/** Compares runs on their validation images and prints the result. Used by `compare` and by a series of runs. */
import { errorLine, HeadlightError } from "../errors.ts";
import { amount } from "../dashboard/text/formats.ts";
import { toAscii } from "../dashboard/drawing/glyphs.ts";
import { type ComparedRun, comparedRun } from "../results/comparison/compared_run.ts";
import { type Answers, compareRuns, type Comparison } from "../results/comparison/comparison.ts";
import { comparisonJson } from "../results/comparison/comparison_json.ts";
import { comparisonLines } from "../results/comparison/comparison_text.ts";
import { evaluate } from "../results/evaluate.ts";
import { openLabelled } from "../results/labelled_images.ts";
import { plottedRun } from "../results/plotted_run.ts";
import { painter } from "../results/terminal_paint.ts";
import { terminalPlot } from "../results/terminal_plot.ts";
import { openTrainedRun } from "../results/trained_run.ts";
import type { UsedEngine } from "../results/use_engine.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { hasTrainer } from "../run/owner/custody.ts";
import { readRunConfig } from "../run/folder/run_config.ts";
import { readEvents } from "../run/log/event_log.ts";
import { type RunState, runStateOf } from "../run_state/run_state.ts";
import { StatusLine } from "./status_line.ts";
import { colourDepth, columns, isAscii } from "./terminal.ts";
import { useEngine } from "./use_engine.ts";

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

/** Compares runs. Those without a finished epoch come last, so that the letters of the others are those of their curves. */
export async function compareFound(runs: readonly FoundRun[]): Promise<{ found: FoundRun[]; comparison: Comparison }> {
  const found = runs.toSorted((one, other) => Number(!one.compared.best) - Number(!other.compared.best));
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

/** Evaluates the best head of each run on its validation set. Uses cached features where possible. */
async function answersOf(found: readonly FoundRun[]): Promise<Answers[]> {
  const status = new StatusLine();
  const engines = new Map<string, Promise<UsedEngine>>();
  const answers: Answers[] = [];
  try {
    for (const { run, compared } of found) {
      answers.push(compared.best ? await answersOfRun(run, engines, status) : { problem: NO_EPOCH });
    }
  } finally {
    status.clear();
  }
  return answers;
}

const NO_EPOCH = "it has no finished epoch";

async function answersOfRun(
  run: RunDirectory,
  engines: Map<string, Promise<UsedEngine>>,
  status: StatusLine,
): Promise<Answers> {
  try {
    const trained = openTrainedRun(run, "best");
    const images = await openLabelled(trained, undefined);
    try {
      const { kind } = trained.resolved.engine;
      const used = engines.get(kind) ?? useEngine(kind, status);
      engines.set(kind, used);
      const { engine, files } = await used;
      const { metrics, keyOf } = await evaluate(trained, images, {
        engine,
        engineFiles: files,
        onProgress: (done, total) => status.show(`${run.id}: ${amount(done, total, "images")}`),
      });
      const wrong = new Set(metrics.mistakes.map(({ row }) => row));
      return new Map(Array.from({ length: metrics.count }, (_, row) => [keyOf(row), !wrong.has(row)]));
    } finally {
      images.dataset.close();
    }
  } catch (error) {
    // Its images or its checkpoint may be gone. Its log still has its figures.
    if (error instanceof HeadlightError) return { problem: errorLine(error) };
    throw error;
  }
}

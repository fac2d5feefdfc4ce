/** `compare` shows runs in one table, and whether they differ by more than chance. */
import process from "node:process";
import { errorLine, HeadlightError } from "../errors.ts";
import { type ComparedRun, comparedRun } from "../results/comparison/compared_run.ts";
import { type Answers, compareRuns } from "../results/comparison/comparison.ts";
import { comparisonLines } from "../results/comparison/comparison_text.ts";
import { evaluate } from "../results/evaluate.ts";
import { openLabelled } from "../results/labelled_images.ts";
import { plottedRun } from "../results/plotted_run.ts";
import { painter } from "../results/terminal_paint.ts";
import { terminalPlot } from "../results/terminal_plot.ts";
import { openTrainedRun } from "../results/trained_run.ts";
import { type UsedEngine, useEngine } from "../results/use_engine.ts";
import type { RunDirectory } from "../run/folder/directory.ts";
import { readEvents } from "../run/log/event_log.ts";
import { type RunState, runStateOf } from "../run_state/run_state.ts";
import { distinctRuns, runOrLatest } from "./find.ts";
import { StatusLine } from "./status_line.ts";
import { columns, isAscii } from "./terminal.ts";

export interface CompareFlags {
  readonly runs: string;
  readonly json: boolean;
}

interface FoundRun {
  readonly run: RunDirectory;
  readonly state: RunState;
  readonly compared: ComparedRun;
}

/**
 * Prints the table, the conclusions and the curves. Returns the exit status.
 *
 * @throws HeadlightError (2) if fewer than two runs are named, or one has no finished epoch
 */
export async function compare(
  wanted: readonly string[],
  { runs, json }: CompareFlags,
  output: (line: string) => void,
): Promise<number> {
  const directories = distinctRuns(wanted.map((name) => runOrLatest(name, runs)));
  if (directories.length < 2) {
    throw new HeadlightError("compare needs at least two runs. Name them: deno task compare RUN RUN…");
  }
  const found = directories.map(findFacts);
  const comparison = compareRuns(found.map(({ compared }) => compared), await answersOf(found));
  if (json) {
    output(JSON.stringify(comparison));
    return 0;
  }
  for (const line of comparisonLines(comparison, columns())) output(line);
  output("");
  const plotted = found.map(({ run, state }) => plottedRun(run.id, state));
  const depth = process.stdout.isTTY && !Deno.env.get("NO_COLOR") ? process.stdout.getColorDepth() : 1;
  for (const line of terminalPlot(plotted, { columns: columns(), ascii: isAscii(), paint: painter(depth) })) {
    output(line);
  }
  return 0;
}

function findFacts(run: RunDirectory): FoundRun {
  const state = runStateOf(readEvents(run.events));
  const compared = comparedRun(run.id, state);
  if (!compared?.best) {
    throw new HeadlightError(`run ${run.id} has no finished epoch, so there is nothing to compare. Leave it out.`);
  }
  return { run, state, compared };
}

/** Evaluates the best head of each run on its validation set. Uses features from the cache if it has them. */
async function answersOf(found: readonly FoundRun[]): Promise<Answers[]> {
  const status = new StatusLine();
  const engines = new Map<string, Promise<UsedEngine>>();
  const answers: Answers[] = [];
  try {
    for (const { run } of found) answers.push(await answersOfRun(run, engines, status));
  } finally {
    status.clear();
  }
  return answers;
}

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
      const used = engines.get(kind) ?? useEngine(kind, ({ label }) => status.show(label));
      engines.set(kind, used);
      const { engine, files } = await used;
      const { metrics, keyOf } = await evaluate(trained, images, {
        engine,
        engineFiles: files,
        onProgress: (done, total) => status.show(`${run.id}: ${done} of ${total} images`),
      });
      const wrong = new Set(metrics.mistakes.map(({ row }) => row));
      return new Map(Array.from({ length: metrics.count }, (_, row) => [keyOf(row), !wrong.has(row)]));
    } finally {
      images.dataset.close();
    }
  } catch (error) {
    // The images or the checkpoint may have been deleted. The log still has the figures.
    if (error instanceof HeadlightError) return { problem: errorLine(error) };
    throw error;
  }
}

/** `train` with several bases: one run for each, and at the end their comparison. */
import type { RunOptions } from "../config.ts";
import type { DashboardExit } from "../dashboard/session/exit.ts";
import type { TrainViewFlags } from "./command_flags.ts";
import { print } from "./output.ts";
import { runSeries } from "./run_series.ts";
import type { ShownRun } from "./train.ts";

/**
 * Trains the runs and prints their comparison. Returns the exit status: 0 if all runs ended well, or else that of the
 * first one that did not.
 * @throws HeadlightError (2) for errors that are found before the first run starts
 */
export async function trainSeries(list: readonly RunOptions[], flags: TrainViewFlags): Promise<number> {
  const { shown, how, status } = await runSeries(list, flags);
  // Between two runs, a signal ends the series although every run that began has ended.
  const wasBetween = how === "signal" && shown.every(({ exit }) => endedUninterrupted(exit));
  if ((how === "ended" || wasBetween) && shown.length > 1) {
    // Loaded here because it loads an engine's library, for which the first frame must not wait.
    const { printComparison } = await import("./show_comparison.ts");
    if (!flags.json) print("");
    await printComparison(await foundRuns(shown), flags, print);
  }
  return status;
}

function endedUninterrupted({ state: { run: { end } } }: DashboardExit): boolean {
  return end !== null && end.reason !== "interrupted";
}

/** Reads the folders of runs that this process has just shown. */
export async function foundRuns(shown: readonly ShownRun[]) {
  const { findFacts } = await import("./show_comparison.ts");
  return shown.map(({ run, exit }) => {
    const found = findFacts(run);
    if (exit.how !== "lost") return found;
    const error = `The trainer exited without finishing the run. See ${run.trainerLog}`;
    return { ...found, compared: { ...found.compared, error } };
  });
}

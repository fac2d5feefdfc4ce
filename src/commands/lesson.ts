/** `lesson`: trains the lesson's models from start to end, and shows their figures beside the lesson's own. */
import type { RunOptions } from "../config.ts";
import { amount } from "../dashboard/text/formats.ts";
import { DOLLAR_STREET_FOLDER } from "../data/dollarstreet.ts";
import type { OnSetupProgress } from "../engine/engine.ts";
import { LESSON_MODELS, type LessonModel } from "../results/lesson/lesson_models.ts";
import type { LessonRun } from "../results/lesson/lesson_result.ts";
import type { TrainViewFlags } from "./command_flags.ts";
import { type LessonSources, obtainLesson } from "./lesson_files.ts";
import { complain, print } from "./output.ts";
import { runSeries } from "./run_series.ts";
import { StatusLine } from "./status_line.ts";
import type { ShownRun } from "./train.ts";
import { foundRuns } from "./train_series.ts";
import { checkOptions } from "./train_options.ts";
import { columns } from "./terminal.ts";

export interface LessonFlags extends TrainViewFlags {
  readonly runs: string;
}

interface LessonPlan {
  readonly model: LessonModel;
  readonly options: RunOptions;
}

/**
 * Downloads the data and the weights, trains each model with each of its seeds, and prints the table. Returns the exit
 * status: 2 if something cannot be downloaded, or else that of the runs, as `trainSeries` does.
 */
export async function lesson(
  { runs, ...flags }: LessonFlags,
  models: readonly LessonModel[] = LESSON_MODELS,
  sources: LessonSources = {},
  status = new StatusLine(),
): Promise<number> {
  const plan = models.flatMap((model) => model.seeds.map((seed) => planned(model, seed, runs, sources)));
  const list = plan.map(({ options }) => options);
  const problems = await obtainLesson(list, sources, progressReport(status, flags));
  status.clear();
  if (problems.length > 0) {
    for (const line of [...problems, "Then run this again: deno task lesson"]) complain(line);
    return 2;
  }
  const series = await runSeries(list, flags);
  if (series.how === "ended") await printResult(models, plan, series.shown, flags);
  return series.status;
}

/**
 * Reports downloads on the status line. If the terminal shows none, a line on standard output announces each download,
 * but not with `--json`.
 */
function progressReport(status: StatusLine, { json }: TrainViewFlags): OnSetupProgress {
  const said = new Set<string>();
  return ({ label, done, total, unit }) => {
    if (!json && !status.isShown && !said.has(label)) print(label);
    said.add(label);
    status.show(`${label}: ${amount(done, total, unit)}`);
  };
}

function planned(model: LessonModel, seed: number, runs: string, { folder }: LessonSources): LessonPlan {
  const data = folder === undefined || folder === DOLLAR_STREET_FOLDER ? "dollarstreet" : folder;
  const flags = { ...model.options, data, seed, runs, name: `${model.options["base"]}-seed-${seed}` };
  return { model, options: checkOptions({ flags, file: {}, path: null }) };
}

async function printResult(
  models: readonly LessonModel[],
  plan: readonly LessonPlan[],
  shown: readonly ShownRun[],
  { json }: TrainViewFlags,
): Promise<void> {
  const { compareFound, printCurves, printLines } = await import("./show_comparison.ts");
  const { comparisonJson } = await import("../results/comparison/comparison_json.ts");
  const { lessonGroups } = await import("../results/lesson/lesson_result.ts");
  const { lessonJson } = await import("../results/lesson/lesson_json.ts");
  const { lessonLines } = await import("../results/lesson/lesson_text.ts");
  const runs = await foundRuns(shown);
  const { found, comparison } = await compareFound(runs);
  const groups = lessonGroups(
    models,
    models.map((model) =>
      runs.flatMap(({ compared, state }, place): LessonRun[] =>
        plan[place]?.model !== model ? [] : [{
          seed: plan[place].options.seed,
          compared,
          last: state.epochs.at(-1)?.val_accuracy ?? null,
        }]
      )
    ),
  );
  if (json) {
    print(JSON.stringify(comparisonJson(comparison)));
    print(JSON.stringify(lessonJson(groups)));
    return;
  }
  print("");
  printCurves(found, print);
  printLines(lessonLines(groups, comparison, columns()), print);
}

/** Puts the figures of runs beside those that the lesson reports. Pure. */
import type { ComparedRun } from "../comparison/compared_run.ts";
import { wilson } from "../metrics.ts";
import type { LessonModel } from "./lesson_models.ts";

/** A run of one of the lesson's models. */
export interface LessonRun {
  readonly seed: number;
  readonly compared: ComparedRun;
  /** The validation accuracy of the last epoch; null if no epoch was finished. */
  readonly last: number | null;
}

/** One row of the table: a run, the lesson's own run, or the mean of a model's runs. */
export interface LessonRow {
  readonly who: "the lesson" | "Headlight" | "mean";
  /** The run's id; null for the lesson and a mean. */
  readonly run: string | null;
  readonly seed: number | null;
  /** The validation accuracy of the best epoch; null if no epoch was finished. */
  readonly best: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  readonly last: number | null;
  /** The best epoch, counted from 1, and the number of epochs; null for a mean. */
  readonly epochs: { readonly best: number | null; readonly all: number } | null;
  readonly seconds: number | null;
}

/** The rows of one model. */
export interface LessonGroup {
  readonly model: string;
  readonly rows: readonly LessonRow[];
}

/**
 * Returns the rows of each model: the lesson's own figures, the runs, and their mean.
 * @param runs the runs that were started, for each model
 */
export function lessonGroups(models: readonly LessonModel[], runs: readonly (readonly LessonRun[])[]): LessonGroup[] {
  return models.map((model, index) => {
    const own = runs[index] ?? [];
    return { model: model.name, rows: [lessonRow(model), ...own.map(runRow), ...meanRows(own)] };
  });
}

function lessonRow({ lesson: { seed, epochs, best, last, images } }: LessonModel): LessonRow {
  return {
    ...{ who: "the lesson", run: null, seed },
    best: best.correct / images,
    interval: wilson(best.correct, images),
    last: last.correct / images,
    epochs: { best: best.epoch, all: epochs },
    seconds: null,
  };
}

function runRow({ seed, compared: { id, best, epochs, seconds }, last }: LessonRun): LessonRow {
  return {
    ...{ who: "Headlight", run: id, seed },
    best: best?.accuracy ?? null,
    interval: best?.interval ?? null,
    last,
    epochs: { best: best?.epoch ?? null, all: epochs },
    seconds,
  };
}

/** Returns a row with the mean of the runs that have an epoch, if there are several. */
function meanRows(runs: readonly LessonRun[]): LessonRow[] {
  const bests = runs.flatMap(({ compared: { best } }) => best ?? []).map(({ accuracy }) => accuracy);
  const lasts = runs.flatMap(({ last }) => last ?? []);
  if (bests.length < 2) return [];
  return [{
    ...{ who: "mean", run: null, seed: null, interval: null, epochs: null, seconds: null },
    best: mean(bests),
    last: mean(lasts),
  }];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

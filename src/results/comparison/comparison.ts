/** Several runs beside each other: who is best, and whether the others differ from it by more than chance. Pure. */
import { at } from "../../at.ts";
import type { ComparedRun } from "./compared_run.ts";
import { type Disagreement, disagreement, mcnemar } from "./mcnemar.ts";

/** Whether a run's best head predicts each validation image right, by `Evaluation.keyOf`; or why that is not known. */
export type Answers = ReadonlyMap<string, boolean> | { readonly problem: string };

/** Two runs on the images that both were validated on. */
export interface Duel extends Disagreement {
  /** Places in the list of runs; the first one is right more often, or comes first. */
  readonly first: number;
  readonly second: number;
  /** The number of images that both were validated on. */
  readonly images: number;
  /** See `mcnemar`. */
  readonly p: number;
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** The place of the run with the highest validation accuracy, the first of equal ones; null if no run has one. */
  readonly best: number | null;
  /** Every pair of runs that share validation images. */
  readonly duels: readonly Duel[];
  /** Why a run has no answers, by its place. */
  readonly problems: readonly { readonly run: number; readonly problem: string }[];
}

/** @param answers one for each run, in the same order */
export function compareRuns(runs: readonly ComparedRun[], answers: readonly Answers[]): Comparison {
  const places = [...runs.keys()];
  const accuracyOf = (place: number) => at(runs, place).best?.accuracy ?? -1;
  const best = places.reduce((most, place) => (accuracyOf(place) > accuracyOf(most) ? place : most), 0);
  return {
    runs,
    best: accuracyOf(best) < 0 ? null : best,
    duels: places.flatMap((one) =>
      places.slice(one + 1).flatMap((other) => duelOf(one, other, at(answers, one), at(answers, other)) ?? [])
    ),
    problems: answers.flatMap((known, run) => ("problem" in known ? [{ run, problem: known.problem }] : [])),
  };
}

function duelOf(one: number, other: number, ofOne: Answers, ofOther: Answers): Duel | null {
  if ("problem" in ofOne || "problem" in ofOther) return null;
  const common = [...ofOne.keys()].filter((key) => ofOther.has(key));
  if (common.length === 0) return null;
  const rights = (answers: ReadonlyMap<string, boolean>) => common.map((key) => answers.get(key) ?? false);
  const counts = disagreement(rights(ofOne), rights(ofOther));
  const isSwapped = counts.onlySecond > counts.onlyFirst;
  return {
    first: isSwapped ? other : one,
    second: isSwapped ? one : other,
    images: common.length,
    p: mcnemar(counts),
    onlyFirst: Math.max(counts.onlyFirst, counts.onlySecond),
    onlySecond: Math.min(counts.onlyFirst, counts.onlySecond),
  };
}

/** Returns the duels of the best run, or of every pair if there are at most three runs. */
export function duelsToTell({ runs, best, duels }: Comparison): readonly Duel[] {
  if (runs.length <= 3) return duels;
  return duels.filter(({ first, second }) => first === best || second === best);
}

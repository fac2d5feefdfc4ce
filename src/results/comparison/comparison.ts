/** Compares runs: which one is best, and whether the others differ from it by more than chance. Pure. */
import { at } from "../../at.ts";
import type { ComparedRun } from "./compared_run.ts";
import { type Disagreement, disagreement, mcnemar } from "./mcnemar.ts";

/**
 * Whether a run's best head predicts each validation image correctly, by the image's `keyOf`, or why this is unknown.
 */
export type Answers = ReadonlyMap<string, boolean> | { readonly problem: string };

/** The comparison of two runs on the images that both were validated on. */
export interface RunPair extends Disagreement {
  /** Indexes into the list of runs. The first run has more correct predictions; in a tie, it comes first in the list. */
  readonly first: number;
  readonly second: number;
  /** The number of images that both were validated on. */
  readonly images: number;
  /** See `mcnemar`. */
  readonly p: number;
}

/** Several runs compared. */
export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** The index of the run with the highest validation accuracy, the first one in a tie; null if no run has one. */
  readonly best: number | null;
  /** Every pair of runs that share validation images. */
  readonly pairs: readonly RunPair[];
  /** The pairs of runs that both have answers, but no validation image in common, by index. */
  readonly strangers: readonly (readonly [one: number, other: number])[];
  /** The pairs of runs with different classes, by index. Neither their accuracies nor their answers can be compared. */
  readonly unlike: readonly (readonly [one: number, other: number])[];
  /** The runs without answers, by index, and the reasons. */
  readonly problems: readonly { readonly run: number; readonly problem: string }[];
}

/**
 * Compares the runs, pair by pair.
 *
 * @param answers the answers of each run, in the same order
 */
export function compareRuns(runs: readonly ComparedRun[], answers: readonly Answers[]): Comparison {
  const places = [...runs.keys()];
  const accuracyOf = (place: number) => at(runs, place).best?.accuracy ?? -1;
  const knows = (place: number) => !("problem" in at(answers, place));
  const couples = places.flatMap((one) => places.slice(one + 1).map((other) => [one, other] as const));
  const areUnlike = ([one, other]: readonly [number, number]) => haveOtherClasses(at(runs, one), at(runs, other));
  const tested = couples.filter((couple) => !areUnlike(couple)).map((couple) => {
    const [one, other] = couple;
    return { couple, pair: pairOf(one, other, at(answers, one), at(answers, other)) };
  });
  const best = places.reduce((most, place) => (accuracyOf(place) > accuracyOf(most) ? place : most), 0);
  return {
    runs,
    best: accuracyOf(best) < 0 ? null : best,
    pairs: tested.flatMap(({ pair }) => pair ?? []),
    strangers: tested.flatMap(({ couple, pair }) => (pair === null && couple.every(knows) ? [couple] : [])),
    unlike: couples.filter(areUnlike),
    problems: answers.flatMap((known, run) => ("problem" in known ? [{ run, problem: known.problem }] : [])),
  };
}

/** Returns whether two runs have different classes. Their order does not matter. */
function haveOtherClasses({ classes: one }: ComparedRun, { classes: other }: ComparedRun): boolean {
  return one !== null && other !== null && one.toSorted().join("\n") !== other.toSorted().join("\n");
}

function pairOf(one: number, other: number, ofOne: Answers, ofOther: Answers): RunPair | null {
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

/** Returns the pairs that contain the best run, or every pair if there are at most three runs. */
export function pairsToShow({ runs, best, pairs }: Comparison): readonly RunPair[] {
  if (runs.length <= 3) return pairs;
  return pairs.filter(({ first, second }) => first === best || second === best);
}

/** Chooses from the pairs without a common image as `pairsToShow` does. */
export function strangersToShow(comparison: Comparison): Comparison["strangers"] {
  return couplesToShow(comparison, comparison.strangers);
}

/** Chooses from the pairs with different classes as `pairsToShow` does. */
export function unlikeToShow(comparison: Comparison): Comparison["unlike"] {
  return couplesToShow(comparison, comparison.unlike);
}

function couplesToShow({ runs, best }: Comparison, couples: Comparison["unlike"]): Comparison["unlike"] {
  return runs.length <= 3 || best === null ? couples : couples.filter((couple) => couple.includes(best));
}

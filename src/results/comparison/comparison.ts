/** Compares runs: which ones are best, and whether the others differ from it by more than chance. Pure. */
import { at } from "../../at.ts";
import type { ComparedRun } from "./compared_run.ts";
import { type Disagreement, disagreement, mcnemar } from "./mcnemar.ts";

/**
 * Whether a run's best head predicts each validation image correctly, by the image's `keyOf`, or why this is unknown.
 */
export type Answers = ReadonlyMap<string, boolean> | { readonly problem: string };

/** The comparison of two runs on the images that both were validated on. */
export interface RunPair extends Disagreement {
  /**
   * Indexes into the list of runs. The first run has more correct predictions; in a tie, it comes first in the list.
   */
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
  /** The indexes of the runs with the same classes, for each such group. Runs without an accuracy are in none. */
  readonly groups: readonly (readonly number[])[];
  /**
   * The indexes of the runs with the highest validation accuracy, the first one in a tie. If the runs have different
   * classes, they cannot be ranked: there is one for each group of two runs or more.
   */
  readonly bests: readonly number[];
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
  const knows = (place: number) => !("problem" in at(answers, place));
  const couples = places.flatMap((one) => places.slice(one + 1).map((other) => [one, other] as const));
  const measured = places.filter((place) => at(runs, place).best !== null);
  const groups = [...Map.groupBy(measured, (place) => classesKey(at(runs, place))).values()];
  const groupOf = (place: number) => groups.findIndex((group) => group.includes(place));
  const areUnlike = (couple: readonly number[]) => {
    const [one = -1, other = -1] = couple.map(groupOf);
    return one >= 0 && other >= 0 && one !== other;
  };
  const tested = couples.filter((couple) => !areUnlike(couple)).map((couple) => {
    const [one, other] = couple;
    return { couple, pair: pairOf(one, other, at(answers, one), at(answers, other)) };
  });
  return {
    runs,
    groups,
    bests: bestsOf(runs, groups),
    pairs: tested.flatMap(({ pair }) => pair ?? []),
    strangers: tested.flatMap(({ couple, pair }) => (pair === null && couple.every(knows) ? [couple] : [])),
    unlike: couples.filter(areUnlike),
    problems: answers.flatMap((known, run) => ("problem" in known ? [{ run, problem: known.problem }] : [])),
  };
}

/** Returns a text that is the same for the same classes, in whatever order. */
function classesKey({ classes }: ComparedRun): string {
  return (classes ?? []).toSorted().join("\n");
}

function bestsOf(runs: readonly ComparedRun[], groups: Comparison["groups"]): number[] {
  const accuracyOf = (place: number) => at(runs, place).best?.accuracy ?? -1;
  // A run without others of its classes is not better than any.
  const ranked = groups.length === 1 ? groups : groups.filter((group) => group.length > 1);
  return ranked.map((group) => group.reduce((most, place) => (accuracyOf(place) > accuracyOf(most) ? place : most)));
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

/** Returns the pairs that contain a best run, or every pair if there are at most three runs. */
export function pairsToShow({ runs, bests, pairs }: Comparison): readonly RunPair[] {
  if (runs.length <= 3) return pairs;
  return pairs.filter(({ first, second }) => bests.includes(first) || bests.includes(second));
}

/** Chooses from the pairs without a common image as `pairsToShow` does. */
export function strangersToShow({ runs, bests, strangers }: Comparison): Comparison["strangers"] {
  if (runs.length <= 3) return strangers;
  return strangers.filter((couple) => couple.some((place) => bests.includes(place)));
}

/**
 * The JSON object of a comparison: the output of `compare --json`, and the last line of `train --json` for several
 * bases.
 */
import { z } from "zod";
import { at } from "../../at.ts";
import type { ComparedRun } from "./compared_run.ts";
import type { Comparison } from "./comparison.ts";

const comparedRunSchema = z.object({
  /** The run's id. */
  run: z.string(),
  /** The run's `--name`, or null. */
  name: z.string().nullable(),
  base: z.string(),
  /**
   * The weights that the run used. This and the next fields up to `engine` are null if it ended before it was prepared.
   */
  weights: z.string().nullable(),
  preprocess: z.string().nullable(),
  /** The mode of the base's preprocessing that `imagenet` stands for; null with `scale`. */
  preprocess_mode: z.string().nullable(),
  data: z.string().nullable(),
  /** The engine that computed the base, its version and its device. */
  engine: z.string().nullable(),
  /** The height and width of the base's input, in pixels. */
  size: z.int(),
  /** The first epoch with the best monitored figure, counted from 1; null if no epoch was finished. */
  best: z.object({
    epoch: z.int(),
    val_accuracy: z.number(),
    /** Wilson's interval, 95 %. */
    accuracy_interval: z.tuple([z.number(), z.number()]),
  }).nullable(),
  /** The number of finished epochs. */
  epochs: z.int(),
  /** From the run's start to its end; null if it has no end. */
  seconds: z.number().nullable(),
  parameters: z.object({ total: z.int(), trainable: z.int() }).nullable(),
  /** Images whose features the base computed per second; null if all were in the cache. */
  images_per_second: z.number().nullable(),
  /** Whether the run still trains, so that its figures may change. */
  live: z.boolean(),
  /** The `reason` of the run's `end` event; null if it has none. */
  end: z.string().nullable(),
  /** Why the run failed, or null. */
  error: z.string().nullable(),
});

export const comparisonSchema = z.object({
  /** Tells this object apart from the events of a run, see docs/events.md. */
  type: z.literal("comparison"),
  runs: z.array(comparedRunSchema),
  /**
   * The id of the run with the highest validation accuracy, the first one in a tie. Null if no epoch was finished, or
   * if the runs have different classes, so that they cannot be ranked.
   */
  best: z.string().nullable(),
  /**
   * The ids of the runs with the same classes, for each such group, and that of the best of them as above. It is null
   * if the group is one run beside others with different classes. Runs without a finished epoch are in no group.
   */
  groups: z.array(z.object({ runs: z.array(z.string()), best: z.string().nullable() })),
  /** Each pair of runs with common validation images, by their ids. `first` has more correct predictions. */
  pairs: z.array(z.object({
    first: z.string(),
    second: z.string(),
    /** The number of images that both were validated on. */
    images: z.int(),
    /** The numbers of images that only the first run, and only the second run, predicts correctly. */
    only_first: z.int(),
    only_second: z.int(),
    /** McNemar's exact test, two-sided. */
    p: z.number(),
  })),
  /** Pairs of runs without a common validation image, by their ids. They cannot be tested. */
  without_common_images: z.array(z.tuple([z.string(), z.string()])),
  /**
   * Pairs of runs with different classes, by their ids. Their accuracies cannot be compared. Runs without a finished
   * epoch are in none.
   */
  with_different_classes: z.array(z.tuple([z.string(), z.string()])),
  /** Runs that are in no pair, with the reason. */
  unpaired: z.array(z.object({ run: z.string(), reason: z.string() })),
});
export type ComparisonJson = z.infer<typeof comparisonSchema>;

/** Returns the JSON object for a comparison. */
export function comparisonJson(
  { runs, bests, groups, pairs, strangers, unlike, problems }: Comparison,
): ComparisonJson {
  const idOf = (place: number) => at(runs, place).id;
  const bestOf = (group: readonly number[]) => {
    const best = bests.find((place) => group.includes(place));
    return best === undefined ? null : idOf(best);
  };
  const [first, ...others] = groups;
  return {
    type: "comparison",
    runs: runs.map(runJson),
    best: first === undefined || others.length > 0 ? null : bestOf(first),
    groups: groups.map((group) => ({ runs: group.map(idOf), best: bestOf(group) })),
    pairs: pairs.map(({ first, second, images, onlyFirst, onlySecond, p }) => ({
      first: idOf(first),
      second: idOf(second),
      images,
      only_first: onlyFirst,
      only_second: onlySecond,
      p,
    })),
    without_common_images: strangers.map(([one, other]) => [idOf(one), idOf(other)]),
    with_different_classes: unlike.map(([one, other]) => [idOf(one), idOf(other)]),
    unpaired: problems.map(({ run, problem }) => ({ run: idOf(run), reason: problem })),
  };
}

function runJson({ id, best, imagesPerSecond, ...run }: ComparedRun): ComparisonJson["runs"][number] {
  const { name, base, weights, preprocess, mode, data, engine, size, epochs, seconds, parameters, live, end, error } =
    run;
  return {
    run: id,
    ...{ name, base, weights, preprocess },
    preprocess_mode: mode,
    ...{ data, engine, size },
    best: best && { epoch: best.epoch, val_accuracy: best.accuracy, accuracy_interval: [...best.interval] },
    ...{ epochs, seconds, parameters: parameters && { ...parameters } },
    images_per_second: imagesPerSecond,
    ...{ live, end, error },
  };
}

/** An evaluation as one JSON object: `evaluate --json`. */
import { z } from "zod";
import type { Evaluation } from "./evaluate.ts";
import type { EvaluationHead } from "./evaluation_text.ts";

const share = z.number().nullable();

export const evaluationSchema = z.object({
  run: z.string(),
  checkpoint: z.string(),
  epoch: z.int(),
  /** Steps of the epoch after it that the weights have seen. Older versions did not say it. */
  step: z.int().optional(),
  pictures: z.string(),
  count: z.int(),
  correct: z.int(),
  loss: z.number(),
  accuracy: z.number(),
  /** Wilson's, 95 %. */
  accuracy_interval: z.tuple([z.number(), z.number()]),
  /** Mean recall of the classes that have images. Older versions did not say it, nor what follows. */
  balanced_accuracy: z.number().optional(),
  /** Mean F1 of the classes that have images or that something was taken for. */
  macro_f1: z.number().optional(),
  /** What always saying the class most frequent in training gives on these images; null where the run does not tell. */
  majority: z.object({ class: z.string(), accuracy: z.number() }).nullable().optional(),
  classes: z.array(
    z.object({
      name: z.string(),
      precision: share,
      recall: share,
      f1: share,
      support: z.int(),
      /** Training images; null where the run does not tell. */
      trained_on: z.int().nullable().optional(),
    }),
  ),
  /** Rows are true classes, columns predicted ones. */
  confusion: z.array(z.array(z.int())),
  pairs: z.array(z.object({ actual: z.string(), predicted: z.string(), count: z.int(), share: z.number() })),
  /** Most confident first; `picture` is a file, or an index where many share one. */
  mistakes: z.array(
    z.object({ picture: z.string(), actual: z.string(), predicted: z.string(), probability: z.number() }),
  ),
  /** The matrix as an image; null where the run's folder does not take it. */
  matrix: z.string().nullable(),
  broken: z.array(z.object({ picture: z.string(), reason: z.string() })),
  /** Images that the run was validated on and that are not judged: not there, or others now. Not in older versions. */
  gone: z.array(z.string()).optional(),
  changed: z.array(z.string()).optional(),
  /** The run has no list of its validation images, and their lot was drawn anew: some may have been trained on. */
  redrawn: z.boolean().optional(),
  /** Judged images that the run was trained on; null where it does not tell. */
  seen_in_training: z.array(z.string()).nullable().optional(),
});
export type EvaluationJson = z.infer<typeof evaluationSchema>;

/** The evaluation as `evaluate --json` says it, see the schema. */
export function evaluationJson(head: EvaluationHead, evaluation: Evaluation, matrix: string | null): EvaluationJson {
  const { metrics, majority, trainedOn, loss, imageOf, broken, caveats } = evaluation;
  const { images, ...rest } = head;
  return {
    ...rest,
    pictures: images,
    count: metrics.count,
    correct: metrics.correct,
    loss,
    accuracy: metrics.accuracy,
    accuracy_interval: [...metrics.interval],
    balanced_accuracy: metrics.balancedAccuracy,
    macro_f1: metrics.macroF1,
    majority: majority && { class: majority.name, accuracy: majority.accuracy },
    classes: metrics.classes.map((figures, label) => ({ ...figures, trained_on: trainedOn?.[label] ?? null })),
    confusion: metrics.confusion.map((row) => [...row]),
    pairs: metrics.pairs.map((pair) => ({ ...pair })),
    mistakes: metrics.mistakes.map(({ row, ...mistake }) => ({ picture: imageOf(row), ...mistake })),
    matrix,
    broken: broken.map(({ path, reason }) => ({ picture: path, reason })),
    gone: [...caveats.gone],
    changed: [...caveats.changed],
    redrawn: caveats.redrawn !== null,
    seen_in_training: caveats.trainedOn && [...caveats.trainedOn],
  };
}

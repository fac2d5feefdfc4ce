/** The output of `evaluate --json`: an evaluation as one JSON object. */
import { z } from "zod";
import type { Evaluation } from "./evaluate.ts";
import type { EvaluationHead } from "./evaluation_text.ts";

const share = z.number().nullable();

export const evaluationSchema = z.object({
  /** The run's id. This and the next three fields are null if a model from a file was evaluated. */
  run: z.string().nullable(),
  checkpoint: z.string().nullable(),
  epoch: z.int().nullable(),
  /** The number of training steps after this epoch. Older versions do not have this field. */
  step: z.int().nullable().optional(),
  /** The absolute path of the model; only if a model from a file was evaluated. */
  model: z.string().optional(),
  /** The name of the images. */
  pictures: z.string(),
  /** The number of images. */
  count: z.int(),
  correct: z.int(),
  loss: z.number(),
  accuracy: z.number(),
  /** Wilson's score interval at 95 %. */
  accuracy_interval: z.tuple([z.number(), z.number()]),
  /** The mean recall of the classes that have images. Older versions have neither this field nor the following ones. */
  balanced_accuracy: z.number().optional(),
  /** The mean F1 of the classes that have images or were predicted. */
  macro_f1: z.number().optional(),
  /** The accuracy of always predicting the most frequent training class; null if the run did not record it. */
  majority: z.object({ class: z.string(), accuracy: z.number() }).nullable().optional(),
  classes: z.array(
    z.object({
      name: z.string(),
      precision: share,
      recall: share,
      f1: share,
      support: z.int(),
      /** The number of training images; null if the run did not record it. */
      trained_on: z.int().nullable().optional(),
    }),
  ),
  /** Rows are true classes, columns are predicted classes. */
  confusion: z.array(z.array(z.int())),
  pairs: z.array(z.object({ actual: z.string(), predicted: z.string(), count: z.int(), share: z.number() })),
  /**
   * The most confident mistake first. `picture` is a file, or an index if the images do not have files of their own.
   */
  mistakes: z.array(
    z.object({ picture: z.string(), actual: z.string(), predicted: z.string(), probability: z.number() }),
  ),
  /**
   * The path of the confusion matrix as an image; null if it could not be written, or if a model was evaluated without
   * --out.
   */
  matrix: z.string().nullable(),
  broken: z.array(z.object({ picture: z.string(), reason: z.string() })),
  /**
   * Validation images of the run that were not evaluated, because their files are missing or have changed. Older
   * versions do not have these fields.
   */
  gone: z.array(z.string()).optional(),
  changed: z.array(z.string()).optional(),
  /**
   * Whether the run has no list of its validation images, so that its folder was split again. Some images may then have
   * been used for training.
   */
  redrawn: z.boolean().optional(),
  /** Evaluated images that the run was trained on; null if the run has no list of its training images. */
  seen_in_training: z.array(z.string()).nullable().optional(),
});
export type EvaluationJson = z.infer<typeof evaluationSchema>;

/** Returns the evaluation in the form of the schema. */
export function evaluationJson(head: EvaluationHead, evaluation: Evaluation, matrix: string | null): EvaluationJson {
  const { metrics, majority, trainedOn, loss, imageOf, broken, caveats } = evaluation;
  const { images, ...rest } = head;
  return {
    ...("model" in rest ? { run: null, checkpoint: null, epoch: null, step: null, ...rest } : rest),
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

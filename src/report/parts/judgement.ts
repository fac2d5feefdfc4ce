/** How well a run predicts its validation images: computed now, or as the run itself recorded it. Pure. */
import { at } from "../../at.ts";
import { count, counted } from "../../counted.ts";
import { majorityOf, majoritySentence, type NamedMajority } from "../../dashboard/run_text/class_text.ts";
import { caveatLines } from "../../results/caveats.ts";
import type { Evaluation } from "../../results/evaluate.ts";
import type { RunHead } from "../../results/evaluation_text.ts";
import { type Tally, tally } from "../../results/metrics.ts";
import { bestEpochOf, epochAt, type RunState } from "../../run_state/run_state.ts";
import { capital, sentence } from "../../sentence.ts";
import { shownName, stripControl } from "../../text.ts";
import type { Drawing, Fact, Judgement, Thumbnail } from "./report.ts";

/** The pictures of a judgement. */
export interface JudgementPictures {
  readonly matrix: Drawing | null;
  /** One for each of the first mistakes; null for an image that cannot be read any more. */
  readonly thumbnails: readonly (Thumbnail | null)[];
}

/**
 * Returns what an evaluation of the run's own validation images found.
 * @param best the epoch that the page calls the best one; null if there is none
 */
export function judgementOf(
  head: RunHead,
  best: number | null,
  { metrics, majority, trainedOn, loss, imageOf, broken, caveats }: Evaluation,
  { matrix, thumbnails }: JudgementPictures,
): Judgement {
  const steps = head.step === 0 ? "" : ` and ${counted(head.step, "step", "steps")} of the next one`;
  return {
    before: [
      `The weights are those of checkpoint ${stripControl(head.checkpoint)}, after epoch ${head.epoch}${steps}. ` +
      `The images are ${stripControl(head.images)}.`,
      ...(best === null || best === head.epoch
        ? []
        : [`The best epoch of this run is epoch ${best}. These figures are not of that epoch.`]),
      ...caveatLines(caveats),
      ...(broken.length === 0 ? [] : [
        `${counted(broken.length, "image", "images")} cannot be decoded and ${
          broken.length === 1 ? "is" : "are"
        } left out.`,
      ]),
    ],
    figures: figuresOf(metrics, loss, majority),
    tally: metrics,
    trainedOn,
    matrix,
    mistakes: thumbnails.map((thumbnail, place) => {
      const { row, actual, predicted, probability } = at(metrics.mistakes, place);
      return { ...namesOf(actual, predicted), probability, image: stripControl(imageOf(row)), thumbnail };
    }),
    mistaken: metrics.mistakes.length,
  };
}

/**
 * Returns what the run itself recorded when it last classified its validation images, or null if it never did.
 * @param problem why the images were not classified again
 */
export function recordedJudgement(
  state: RunState,
  problem: string,
  { matrix, thumbnails }: JudgementPictures,
): Judgement | null {
  const counts = recordedTally(state);
  const { confusion, samples, facts, epochs } = state;
  if (counts === null || confusion === null || facts === null) return null;
  const { classes, per_class: sizes } = facts.dataset;
  const name = (label: number) => classes[label] ?? `class ${label}`;
  const isSameEpoch = samples?.epoch === confusion.epoch;
  const best = bestEpochOf(state);
  return {
    before: [
      `The images were not classified again. ${sentence(stripControl(problem))}`,
      `These figures are those that the run recorded in epoch ${confusion.epoch}` +
      (confusion.epoch === best ? ", the best one" : "") +
      (samples === null || isSameEpoch ? "." : `. The mistakes below are those of epoch ${samples.epoch}.`),
      ...(best === null || confusion.epoch === best ? [] : [
        `The run recorded no predictions of its best epoch, ${best}, so these figures differ from those of that epoch.`,
      ]),
    ],
    figures: figuresOf(counts, epochAt(epochs, confusion.epoch)?.val_loss ?? null, majorityOf(state)),
    tally: counts,
    trainedOn: state.classes?.per_class?.train ?? sizes?.train ?? null,
    matrix,
    mistakes: (samples?.mistakes ?? []).slice(0, thumbnails.length).map((
      { actual, predicted, confidence, file, picture },
      place,
    ) => ({
      ...namesOf(name(actual), name(predicted)),
      probability: confidence,
      image: file === null ? `image index ${picture}` : stripControl(file),
      thumbnail: thumbnails[place] ?? null,
    })),
    mistaken: counts.count - counts.correct,
  };
}

/** Returns the metrics that follow from the confusion matrix that the run recorded last, or null if there is none. */
export function recordedTally({ confusion, facts }: Pick<RunState, "confusion" | "facts">): Tally | null {
  if (confusion === null || facts === null) return null;
  const { classes } = facts.dataset;
  const matrix = classes.map(() => classes.map(() => 0));
  for (const [actual, predicted, images] of confusion.cells) {
    const row = matrix[actual];
    // A damaged log may name classes that there are not.
    if (row?.[predicted] !== undefined) row[predicted] = images;
  }
  const found = tally(classes, matrix);
  return found.count === 0 ? null : found;
}

function namesOf(actual: string, predicted: string): { actual: string; predicted: string } {
  return { actual: shownName(actual), predicted: shownName(predicted) };
}

function figuresOf(counts: Tally, loss: number | null, majority: NamedMajority | null): Fact[] {
  const { correct, count: images, accuracy, interval: [low, high], balancedAccuracy, macroF1 } = counts;
  return [
    {
      name: "Accuracy",
      text: `${accuracy.toFixed(4)} (${count(correct)} of ${count(images)}), ` +
        `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`,
    },
    ...(loss === null ? [] : [{ name: "Loss", text: loss.toFixed(4) }]),
    { name: "Balanced accuracy", text: balancedAccuracy.toFixed(4) },
    { name: "Macro F1", text: macroF1.toFixed(4) },
    ...(majority === null ? [] : [{ name: "Baseline", text: sentence(capital(majoritySentence(majority, accuracy))) }]),
  ];
}

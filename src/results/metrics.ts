/** Metrics of a classifier: pure functions of true labels and predicted probabilities. */
import { at } from "../at.ts";
import { type ClassCounts, classFigures, f1 } from "../training/class_figures.ts";

/** The predictions of a classifier for labelled images. */
export interface Answers {
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The number of the true class of each image. */
  readonly labels: Int32Array;
  /** Images × classes, row-major. Each row is a probability distribution. */
  readonly probabilities: Float64Array;
}

/** The figures of one class. */
export interface ClassFigures {
  readonly name: string;
  /** The share of images predicted as this class that belong to it; null if none were predicted. */
  readonly precision: number | null;
  /** The share of this class's images that were predicted as it; null if it has no images. */
  readonly recall: number | null;
  /**
   * The harmonic mean of precision and recall (`f1`): 0 if no image was correctly predicted as this class; null if the
   * class neither has images nor was predicted.
   */
  readonly f1: number | null;
  /** The number of images of the class. */
  readonly support: number;
}

/** Two classes of which one is mistaken for the other. */
export interface Pair {
  readonly actual: string;
  readonly predicted: string;
  /** The number of images of the actual class that are predicted as the other one. */
  readonly count: number;
  /** The same as a share of the images of the actual class. */
  readonly share: number;
}

/** An image that was misclassified. */
export interface Mistake {
  /** The row of the image in the answers. */
  readonly row: number;
  readonly actual: string;
  readonly predicted: string;
  /** The probability of the predicted class. */
  readonly probability: number;
}

/** What follows from a confusion matrix alone. */
export interface Tally {
  readonly count: number;
  readonly correct: number;
  readonly accuracy: number;
  /** The 95 % interval of the accuracy (`wilson`). */
  readonly interval: readonly [low: number, high: number];
  /** The mean recall (`classFigures`). */
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly classes: readonly ClassFigures[];
  /** Rows are true classes, columns are predicted classes. */
  readonly confusion: readonly (readonly number[])[];
  /** Pairs of an actual class and a wrong prediction, the most frequent first. */
  readonly pairs: readonly Pair[];
}

/** All metrics of a classifier. */
export interface Metrics extends Tally {
  /** Wrong predictions, the most confident first. */
  readonly mistakes: readonly Mistake[];
}

/** Returns the metrics of a classifier's answers. */
export function metrics(answers: Answers): Metrics {
  const { classes, labels } = answers;
  const predicted = predictions(answers);
  const confusion = classes.map(() => classes.map(() => 0));
  labels.forEach((label, row) => {
    const line = at(confusion, label);
    const taken = at(predicted, row).label;
    line[taken] = at(line, taken) + 1;
  });
  const name = (label: number): string => at(classes, label);
  return {
    ...tally(classes, confusion),
    mistakes: predicted.flatMap(({ label, probability }, row) => {
      const actual = at(labels, row);
      return label === actual ? [] : [{ row, actual: name(actual), predicted: name(label), probability }];
    }).sort((one, other) => other.probability - one.probability),
  };
}

/**
 * Returns the metrics that follow from a confusion matrix.
 * @param confusion rows are true classes, columns are predicted classes
 */
export function tally(classes: readonly string[], confusion: readonly (readonly number[])[]): Tally {
  const counted = (actual: number, taken: number): number => at(at(confusion, actual), taken);
  const correct = classes.reduce((sum, _, label) => sum + counted(label, label), 0);
  const count = sum(confusion.map(sum));
  const name = (label: number): string => at(classes, label);
  const counts: ClassCounts = {
    support: confusion.map(sum),
    predicted: classes.map((_, taken) => sum(confusion.map((row) => at(row, taken)))),
    right: classes.map((_, label) => counted(label, label)),
  };
  const { balanced_accuracy: balancedAccuracy, macro_f1: macroF1 } = classFigures(counts);
  return {
    count,
    correct,
    accuracy: correct / count,
    interval: wilson(correct, count),
    balancedAccuracy,
    macroF1,
    classes: classes.map((name, label) => figuresOf(name, label, counts)),
    confusion,
    pairs: classes.flatMap((_, actual) => {
      const support = sum(at(confusion, actual));
      return classes.flatMap((_, taken) =>
        actual === taken || counted(actual, taken) === 0 ? [] : [{
          actual: name(actual),
          predicted: name(taken),
          count: counted(actual, taken),
          share: counted(actual, taken) / support,
        }]
      );
    }).sort((one, other) => other.count - one.count || other.share - one.share),
  };
}

/** Returns the most probable class of each image, the first one in a tie as argmax does, and its probability. */
export function predictions({ classes, labels, probabilities }: Answers): { label: number; probability: number }[] {
  return Array.from(labels, (_, row) => {
    let best = 0;
    const of = (label: number): number => at(probabilities, row * classes.length + label);
    for (let label = 1; label < classes.length; label++) if (of(label) > of(best)) best = label;
    return { label: best, probability: of(best) };
  });
}

function figuresOf(name: string, label: number, counts: ClassCounts): ClassFigures {
  const support = at(counts.support, label);
  const taken = at(counts.predicted, label);
  const right = at(counts.right, label);
  return {
    name,
    precision: taken === 0 ? null : right / taken,
    recall: support === 0 ? null : right / support,
    f1: f1(right, support, taken),
    support,
  };
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns Wilson's score interval for the share `correct` / `count` (E. B. Wilson, 1927). It stays within 0…1 and is
 * reliable for few images, unlike the normal approximation.
 *
 * @param z the quantile of the standard normal distribution. Default: that of a 95 % interval
 */
export function wilson(correct: number, count: number, z: number = Z): [low: number, high: number] {
  if (count === 0) return [0, 1];
  const share = correct / count;
  const scale = 1 + z ** 2 / count;
  const middle = (share + z ** 2 / (2 * count)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * Returns the softmax of each row of logits, in double precision, so that different logits stay different. The largest
 * logit is subtracted first, so that nothing overflows.
 *
 * @param logits images × classes, row-major
 * @param classes the number of classes
 */
export function softmax(logits: Float32Array, classes: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let from = 0; from < logits.length; from += classes) {
    const row = logits.subarray(from, from + classes);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const powers = Array.from(row, (value) => Math.exp(value - largest));
    const total = sum(powers);
    powers.forEach((power, label) => result[from + label] = power / total);
  }
  return result;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Metrics for classes of unequal size: metrics that give every class equal weight, the majority baseline, and class
 * weights. The definitions are scikit-learn's.
 */
import { at } from "../at.ts";
import type { ClassMetricName } from "../metrics.ts";

/** The number of images, predictions and correct predictions of each class. All arrays are indexed by class. */
export interface ClassCounts {
  readonly support: readonly number[];
  readonly predicted: readonly number[];
  readonly right: readonly number[];
}

/** Returns the number of images of each class. */
export function perClass(labels: Int32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = at(counts, label) + 1;
  return counts;
}

/**
 * Counts the true and predicted classes of rows.
 *
 * @param labels the true class of each row
 * @param predicted the predicted class of each row
 * @param classes the number of classes
 */
export function classCounts(labels: Int32Array, predicted: Int32Array, classes: number): ClassCounts {
  const right = labels.filter((label, row) => label === at(predicted, row));
  return {
    support: perClass(labels, classes),
    predicted: perClass(predicted, classes),
    right: perClass(right, classes),
  };
}

/**
 * Returns the balanced accuracy and the macro F1.
 *
 * The balanced accuracy is the mean recall of the classes that have images (`balanced_accuracy_score`). The macro F1 is
 * the mean F1 of the classes that have images or were predicted (`f1_score(average="macro", zero_division=0)`).
 */
export function classFigures({ support, predicted, right }: ClassCounts): Readonly<Record<ClassMetricName, number>> {
  const recalls = support.flatMap((count, label) => (count === 0 ? [] : [at(right, label) / count]));
  const f1s = support.flatMap((count, label) => f1(at(right, label), count, at(predicted, label)) ?? []);
  return { balanced_accuracy: mean(recalls), macro_f1: mean(f1s) };
}

/**
 * Returns the F1 of a class, the harmonic mean of precision and recall. It is 0 if the class has images but no correct
 * predictions. It is null if the class has no images and was never predicted.
 *
 * @param right the number of correct predictions of the class
 * @param support the number of images of the class
 * @param predicted the number of predictions of the class
 */
export function f1(right: number, support: number, predicted: number): number | null {
  return support + predicted === 0 ? null : (2 * right) / (support + predicted);
}

/** The majority baseline: a classifier that always predicts the class most frequent in training. */
export interface Majority {
  /** The class with the most training images. In a tie, the first one. */
  readonly class: number;
  /** The accuracy of always predicting this class: its share of the evaluated images. */
  readonly accuracy: number;
}

/**
 * Returns the majority baseline (`DummyClassifier(strategy="most_frequent")`). A model that has learned something from
 * the images must be better than it.
 *
 * @param training the number of training images of each class
 * @param evaluated the labels of the images that the accuracy is measured on
 */
export function majorityOf(training: readonly number[], evaluated: Int32Array): Majority {
  const most = training.indexOf(Math.max(...training));
  return { class: most, accuracy: shareOf(most, evaluated) };
}

/** Returns the share of the labels that equal `wanted`, from 0 to 1. */
export function shareOf(wanted: number, labels: Int32Array): number {
  return labels.filter((label) => label === wanted).length / labels.length;
}

/**
 * Returns the weight of each class that balances the loss: n / (k · n_c) for n training images of k classes, of which
 * n_c are of class c (`compute_class_weight("balanced")`, and Keras's guide on imbalanced data). The mean weight of the
 * images is 1.
 *
 * @param training the number of training images of each class, at least one each
 */
export function balancedWeights(training: readonly number[]): number[] {
  const images = training.reduce((sum, count) => sum + count, 0);
  return training.map((count) => images / (training.length * count));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

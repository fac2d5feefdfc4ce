/**
 * What class sizes mean for a classifier: figures in which every class counts alike, what always giving one answer would
 * be worth, and how much each class weighs. The definitions are scikit-learn's.
 */
import { at } from "../at.ts";
import type { ClassMetricName } from "../metrics.ts";

/** How often each class occurs, was predicted, and was predicted rightly, by class. */
export interface ClassCounts {
  readonly support: readonly number[];
  readonly predicted: readonly number[];
  readonly right: readonly number[];
}

/** Returns how many images of each class there are. */
export function perClass(labels: Int32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = at(counts, label) + 1;
  return counts;
}

/** Counts true and predicted classes, one of each a row. */
export function classCounts(labels: Int32Array, predicted: Int32Array, classes: number): ClassCounts {
  const right = labels.filter((label, row) => label === at(predicted, row));
  return {
    support: perClass(labels, classes),
    predicted: perClass(predicted, classes),
    right: perClass(right, classes),
  };
}

/**
 * Returns the mean recall of the classes that have images (`balanced_accuracy_score`), and the mean F1 of the classes
 * that have images or were predicted (`f1_score(average="macro", zero_division=0)`).
 */
export function classFigures({ support, predicted, right }: ClassCounts): Readonly<Record<ClassMetricName, number>> {
  const recalls = support.flatMap((count, label) => (count === 0 ? [] : [at(right, label) / count]));
  const f1s = support.flatMap((count, label) => f1(at(right, label), count, at(predicted, label)) ?? []);
  return { balanced_accuracy: mean(recalls), macro_f1: mean(f1s) };
}

/**
 * Returns the F1 of a class, the harmonic mean of precision and recall. It is 0 where a class has images and none was
 * predicted rightly, and null where it has no images and was never predicted.
 */
export function f1(right: number, support: number, predicted: number): number | null {
  return support + predicted === 0 ? null : (2 * right) / (support + predicted);
}

/** The majority baseline. */
export interface Majority {
  /** The class with the most training images, the first of equal ones. */
  readonly class: number;
  /** The share of the judged images that are of this class: the accuracy of always predicting it. */
  readonly accuracy: number;
}

/**
 * Returns what always predicting the class that is most frequent in training is worth
 * (`DummyClassifier(strategy="most_frequent")`): a classifier that has learnt something from the images is better.
 *
 * @param training how many training images each class has
 * @param judged the labels of the images that it is judged by
 */
export function majorityOf(training: readonly number[], judged: Int32Array): Majority {
  const most = training.indexOf(Math.max(...training));
  return { class: most, accuracy: shareOf(most, judged) };
}

/** Returns the share of labels that are this class. */
export function shareOf(wanted: number, labels: Int32Array): number {
  return labels.filter((label) => label === wanted).length / labels.length;
}

/**
 * Returns what the loss of an image of each class is multiplied by so that all classes weigh alike: n / (k · n_c), with n
 * training images of k classes, n_c of them of class c (`compute_class_weight("balanced")`, and Keras's guide on
 * imbalanced data). Their mean over the images is 1.
 *
 * @param training how many training images each class has, at least one
 */
export function balancedWeights(training: readonly number[]): number[] {
  const images = training.reduce((sum, count) => sum + count, 0);
  return training.map((count) => images / (training.length * count));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

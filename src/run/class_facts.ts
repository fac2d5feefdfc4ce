/** The class sizes in the form that config.json and the events use. */
import type { RunOptions } from "../config.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import type { PerClass } from "../events.ts";
import type { Part } from "../features/rows/feature_set.ts";
import { balancedWeights, majorityOf, perClass } from "../training/class_figures.ts";
import type { ClassFacts } from "./folder/run_config.ts";

/** Returns the number of images of each class in the training and the validation set, including broken ones. */
export function perClassOf(
  { classes, train, validation }: Pick<Dataset, "classes" | "train" | "validation">,
): PerClass {
  return {
    train: perClass(train.labels, classes.length),
    validation: perClass(validation.labels, classes.length),
  };
}

/** Examples with their classes. */
interface Labelled {
  readonly labels: Int32Array;
}

/**
 * Returns the majority baseline, the class weights and the class sizes for a network that is trained on these examples.
 */
export function classFactsOf(
  { class_weight: how }: Pick<RunOptions, "class_weight">,
  { train, validation }: Readonly<Record<Part, Labelled>>,
  classes: number,
): ClassFacts {
  const sizes = { train: perClass(train.labels, classes), validation: perClass(validation.labels, classes) };
  return {
    majority: majorityOf(sizes.train, validation.labels),
    weights: how === "balanced" ? balancedWeights(sizes.train) : null,
    per_class: sizes,
  };
}

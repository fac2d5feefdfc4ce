/** The sizes of the classes, as config.json and events have them. */
import type { RunOptions } from "../config.ts";
import type { Dataset } from "../data/dataset/dataset.ts";
import type { PerClass } from "../events.ts";
import { balancedWeights, majorityOf, perClass } from "../training/class_figures.ts";
import type { TrainingData } from "../training/train.ts";
import type { ClassFacts } from "./folder/run_config.ts";

/** Returns how many images of each class the parts of a data set have, broken ones included. */
export function perClassOf(
  { classes, train, validation }: Pick<Dataset, "classes" | "train" | "validation">,
): PerClass {
  return {
    train: perClass(train.labels, classes.length),
    validation: perClass(validation.labels, classes.length),
  };
}

/** Returns what the sizes of the classes mean for a head that is trained on these features. */
export function classFactsOf(
  { class_weight: how }: Pick<RunOptions, "class_weight">,
  { train, validation }: TrainingData,
  classes: number,
): ClassFacts {
  const sizes = { train: perClass(train.labels, classes), validation: perClass(validation.labels, classes) };
  return {
    majority: majorityOf(sizes.train, validation.labels),
    weights: how === "balanced" ? balancedWeights(sizes.train) : null,
    per_class: sizes,
  };
}

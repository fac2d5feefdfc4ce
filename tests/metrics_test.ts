import assert from "node:assert/strict";
import { Sequence } from "../src/sequence.ts";
import {
  bestIndex,
  byMetric,
  CLASS_FIGURES,
  DEFAULT_MONITOR,
  epochFigures,
  FIGURE_NAMES,
  isValidation,
  metricOf,
  MONITORS,
} from "../src/metrics.ts";

Deno.test("figures have the order of Keras's CSVLogger; monitors list val_accuracy first and the class metrics last", () => {
  assert.deepEqual(FIGURE_NAMES, ["loss", "accuracy", "val_loss", "val_accuracy"]);
  assert.deepEqual(MONITORS, [
    ...["val_accuracy", "val_loss", "accuracy", "loss"],
    ...["val_balanced_accuracy", "val_macro_f1"],
  ]);
  assert.equal(MONITORS[0], DEFAULT_MONITOR);
});

Deno.test("each figure belongs to a metric, measured over the training or the validation set", () => {
  assert.deepEqual(FIGURE_NAMES.map((name) => metricOf(name).name), ["loss", "accuracy", "loss", "accuracy"]);
  assert.deepEqual(FIGURE_NAMES.filter(isValidation), ["val_loss", "val_accuracy"]);
  assert.deepEqual(CLASS_FIGURES.map((name) => [metricOf(name).name, isValidation(name)]), [
    ["balanced_accuracy", true],
    ["macro_f1", true],
  ]);
});

Deno.test("an epoch's figures are the metrics over both sets, in Keras's order", () => {
  const validation = { accuracy: 0.25, macro_f1: 0.125, loss: 2, balanced_accuracy: 0.375 };
  assert.deepEqual(Object.entries(epochFigures({ loss: 1, accuracy: 0.5 }, validation)), [
    ...[["loss", 1], ["accuracy", 0.5], ["val_loss", 2], ["val_accuracy", 0.25]],
    ...[["val_balanced_accuracy", 0.375], ["val_macro_f1", 0.125]],
  ]);
  assert.deepEqual(Object.keys(byMetric(() => 0)), ["loss", "accuracy"]);
});

Deno.test("the best epoch is the first one with the strictly best figure, and NaN never counts", () => {
  assert.equal(bestIndex(Sequence.of<number | null>([0.2, 0.5, 0.5, 0.4]), "max"), 1);
  assert.equal(bestIndex(Sequence.of<number | null>([0.2, 0.1, 0.1, 0.4]), "min"), 1);
  assert.equal(bestIndex(Sequence.of<number | null>([null, 0.3, null]), "max"), 1);
  assert.equal(bestIndex(Sequence.of<number | null>([null, null]), "max"), null);
  assert.equal(bestIndex(Sequence.of<number | null>([]), "min"), null);
});

import assert from "node:assert/strict";
import {
  bestIndex,
  byMetric,
  DEFAULT_MONITOR,
  epochFigures,
  FIGURE_NAMES,
  isValidation,
  metricOf,
  MONITORS,
} from "../src/metrics.ts";

Deno.test("figures stand in the order of Keras's CSVLogger, monitors the other way round", () => {
  assert.deepEqual(FIGURE_NAMES, ["loss", "accuracy", "val_loss", "val_accuracy"]);
  assert.deepEqual(MONITORS, ["val_accuracy", "val_loss", "accuracy", "loss"]);
  assert.equal(MONITORS[0], DEFAULT_MONITOR);
});

Deno.test("each figure belongs to a metric, over the training or the validation set", () => {
  assert.deepEqual(FIGURE_NAMES.map((name) => metricOf(name).name), ["loss", "accuracy", "loss", "accuracy"]);
  assert.deepEqual(FIGURE_NAMES.filter(isValidation), ["val_loss", "val_accuracy"]);
});

Deno.test("an epoch's figures are the metrics over both sets, in Keras's order", () => {
  const figures = epochFigures({ loss: 1, accuracy: 0.5 }, { accuracy: 0.25, loss: 2 });
  assert.deepEqual(Object.entries(figures), [["loss", 1], ["accuracy", 0.5], ["val_loss", 2], ["val_accuracy", 0.25]]);
  assert.deepEqual(Object.keys(byMetric(() => 0)), ["loss", "accuracy"]);
});

Deno.test("the best epoch is the first with the strictly best figure; figures that are no numbers do not count", () => {
  assert.equal(bestIndex([0.2, 0.5, 0.5, 0.4], "max"), 1);
  assert.equal(bestIndex([0.2, 0.1, 0.1, 0.4], "min"), 1);
  assert.equal(bestIndex([null, 0.3, null], "max"), 1);
  assert.equal(bestIndex([null, null], "max"), null);
  assert.equal(bestIndex([], "min"), null);
});

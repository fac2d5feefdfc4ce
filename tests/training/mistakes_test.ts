import assert from "node:assert/strict";
import { tensorflowEngine } from "../engine.ts";
import { rowsInMemory } from "../../src/features/rows/feature_set.ts";
import { featureSource, gatherSteps } from "../../src/training/batches.ts";
import { confusionCells } from "../../src/training/confusion.ts";
import { answersOf, askNetwork } from "../../src/training/inference.ts";
import { initialWeights } from "../../src/training/initial_weights.ts";
import { mostConfidentMistakes } from "../../src/training/mistakes.ts";
import { madeUpHead, madeUpSource } from "./made_up.ts";

const { tf } = await tensorflowEngine();

Deno.test("the most confident mistakes come first, ties keep their order, and right answers are left out", () => {
  const prediction = {
    classes: Int32Array.of(0, 1, 2, 1, 0),
    confidences: Float32Array.of(0.99, 0.5, 0.75, 0.75, 0.875),
  };
  const labels = Int32Array.of(0, 0, 0, 0, 1);
  assert.deepEqual(mostConfidentMistakes(labels, prediction, 3), [
    { row: 4, actual: 1, predicted: 0, confidence: 0.875 },
    { row: 2, actual: 0, predicted: 2, confidence: 0.75 },
    { row: 3, actual: 0, predicted: 1, confidence: 0.75 },
  ]);
});

Deno.test("an image whose confidence is NaN is never among the most confident mistakes", () => {
  const prediction = { classes: Int32Array.of(1, 1), confidences: Float32Array.of(NaN, 0.5) };
  assert.deepEqual(mostConfidentMistakes(Int32Array.of(0, 0), prediction, 6).map(({ row }) => row), [1]);
});

Deno.test("a confidence is the softmax of the largest logit, and no tensor is left", async () => {
  // More rows than are processed at once.
  const layers = madeUpHead(12, { hidden: 16, classes: 4 });
  const before = tf.memory().numTensors;
  const outcome = await askNetwork(tf, layers, initialWeights(layers, 2), madeUpSource(600, 4, 12, 3));
  const { logits } = outcome;
  const { classes, confidences } = answersOf(outcome);
  assert.equal(tf.memory().numTensors, before);
  for (const row of [0, 1, 511, 512, 599]) {
    const own = [...logits.subarray(row * 4, row * 4 + 4)];
    const largest = Math.max(...own);
    const expected = 1 / own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    assert.equal(classes[row], own.indexOf(largest));
    assert.ok(Math.abs((confidences[row] ?? NaN) - expected) < 1e-6, `row ${row}: ${confidences[row]}, ${expected}`);
  }
});

Deno.test("an image without a label or an answer is an internal error and does not count as class 0", async () => {
  const answers = { classes: Int32Array.of(0, 1), confidences: Float32Array.of(0.5, 0.5) };
  assert.throws(() => mostConfidentMistakes(Int32Array.of(0), answers, 2), RangeError);
  assert.throws(() => confusionCells(Int32Array.of(0, 1), Int32Array.of(0)), RangeError);
  const source = featureSource({ rows: rowsInMemory(new Float32Array(2), 1), labels: Int32Array.of(1, 2) });
  const step = (...rows: number[]) => ({ rows: Int32Array.from(rows), masks: {}, sampleWeights: null, alpha: 0 });
  const { labels } = await gatherSteps(source, [step(1, 0), step(0)]);
  assert.deepEqual(labels, Int32Array.of(2, 1, 1));
  await assert.rejects(gatherSteps(source, [step(2)]), RangeError);
});

import assert from "node:assert/strict";
import { z } from "zod";
import { balancedWeights, classCounts, classFigures, majorityOf, perClass } from "../../src/training/class_figures.ts";

const labels = z.array(z.int()).transform((list) => Int32Array.from(list));
const golden = z.object({
  answers: z.array(z.object({
    name: z.string(),
    classes: z.int(),
    labels,
    predicted: labels,
    accuracy: z.number(),
    balanced_accuracy: z.number(),
    macro_f1: z.number(),
  })),
  majority: z.array(z.object({
    name: z.string(),
    train: z.array(z.int()),
    validation: z.array(z.int()),
    class: z.int(),
    accuracy: z.number(),
    weights: z.array(z.number()),
  })),
}).parse(JSON.parse(Deno.readTextFileSync(new URL("../fixtures/class_figures.json", import.meta.url))));

function near(found: number, expected: number, what: string): void {
  assert.ok(Math.abs(found - expected) < 1e-12, `${what}: ${found}, scikit-learn gives ${expected}`);
}

for (const { name, classes, labels, predicted, ...expected } of golden.answers) {
  Deno.test(`balanced accuracy and macro F1 equal scikit-learn's: ${name}`, () => {
    const counts = classCounts(labels, predicted, classes);
    const found = classFigures(counts);
    near(found.balanced_accuracy, expected.balanced_accuracy, "balanced accuracy");
    near(found.macro_f1, expected.macro_f1, "macro F1");
    near(counts.right.reduce((sum, right) => sum + right, 0) / labels.length, expected.accuracy, "accuracy");
  });
}

function labelsOf(counts: readonly number[]): Int32Array {
  return Int32Array.from(counts.flatMap((count, label) => Array.from({ length: count }, () => label)));
}

for (const { name, train, validation, weights, ...expected } of golden.majority) {
  Deno.test(`the majority baseline and balanced class weights equal scikit-learn's: ${name}`, () => {
    assert.deepEqual(perClass(labelsOf(train), train.length), train);
    const { class: most, accuracy } = majorityOf(train, labelsOf(validation));
    assert.equal(most, expected.class);
    near(accuracy, expected.accuracy, "accuracy");
    balancedWeights(train).forEach((weight, label) => near(weight, weights[label] ?? NaN, `weight ${label}`));
  });
}

import assert from "node:assert/strict";
import { metrics, softmax, wilson } from "../../src/results/metrics.ts";

const close = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 5e-4, `${found}`);

for (
  const [correct, count, low, high] of [
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const
) {
  Deno.test(`Wilson's interval of ${correct} in ${count} is the published one`, () => {
    const [from, to] = wilson(correct, count);
    close(from, low);
    close(to, high);
  });
}

Deno.test("for all right and none right the interval stays within 0 and 1, and without images there is none", () => {
  assert.equal(wilson(50, 50)[1], 1);
  assert.equal(wilson(0, 50)[0], 0);
  assert.deepEqual(wilson(0, 0), [0, 1]);
});

/** Six images of three classes. "owl" is never predicted, and "fox" is mistaken for "cat" twice. */
const ANSWERS = {
  classes: ["cat", "fox", "owl"],
  labels: Int32Array.of(0, 0, 1, 1, 1, 2),
  probabilities: Float64Array.from([
    ...[0.9, 0.05, 0.05],
    ...[0.4, 0.5, 0.1],
    ...[0.6, 0.3, 0.1],
    ...[0.2, 0.7, 0.1],
    ...[0.8, 0.1, 0.1],
    ...[0.3, 0.4, 0.3],
  ]),
};

Deno.test("confusion, precision, recall, F1 and support equal those counted by hand", () => {
  const { confusion, classes, correct, count, accuracy } = metrics(ANSWERS);
  assert.deepEqual(confusion, [[1, 1, 0], [2, 1, 0], [0, 1, 0]]);
  assert.deepEqual([correct, count], [2, 6]);
  assert.equal(accuracy, 2 / 6);
  const [cat, fox, owl] = classes;
  assert.deepEqual(cat, { name: "cat", precision: 1 / 3, recall: 1 / 2, f1: 0.4, support: 2 });
  assert.deepEqual([fox?.precision, fox?.recall, fox?.support], [1 / 3, 1 / 3, 3]);
  assert.deepEqual(owl, { name: "owl", precision: null, recall: 0, f1: 0, support: 1 });
});

Deno.test("the worst pair comes first, and so does the most confident mistake", () => {
  const { pairs, mistakes } = metrics(ANSWERS);
  assert.deepEqual(pairs[0], { actual: "fox", predicted: "cat", count: 2, share: 2 / 3 });
  assert.deepEqual(pairs.map(({ count }) => count), [2, 1, 1]);
  assert.deepEqual(mistakes.map(({ row }) => row), [4, 2, 1, 5]);
  assert.equal(mistakes[0]?.actual, "fox");
  close(mistakes[0]?.probability ?? 0, 0.8);
});

Deno.test("a tie goes to the first class, as in argmax", () => {
  const tied = { classes: ["a", "b"], labels: Int32Array.of(1), probabilities: Float64Array.of(0.5, 0.5) };
  assert.deepEqual(metrics(tied).confusion, [[0, 0], [1, 0]]);
});

Deno.test("softmax is a distribution even for logits that would overflow", () => {
  const rows = softmax(Float32Array.of(1000, 1000, 0, Math.log(3)), 2);
  [0.5, 0.5, 0.25, 0.75].forEach((expected, index) => close(rows[index] ?? 0, expected));
});

Deno.test("a label that is not a class or a missing probability is an internal error and never counts as class 0", () => {
  assert.throws(() => metrics({ ...ANSWERS, labels: Int32Array.of(0, 0, 1, 1, 1, 3) }), RangeError);
  assert.throws(() => metrics({ ...ANSWERS, probabilities: ANSWERS.probabilities.subarray(0, -1) }), RangeError);
});

Deno.test("the mean F1 of the report's table is macro F1, and its mean recall is balanced accuracy", () => {
  const { classes, balancedAccuracy, macroF1 } = metrics(ANSWERS);
  const mean = (values: readonly (number | null)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? NaN), 0) / values.length;
  // scikit-learn's values for these answers: fixtures/class_figures.json, "a class that is never said".
  assert.ok(Math.abs(macroF1 - 0.24444444444444446) < 1e-12);
  assert.ok(Math.abs(balancedAccuracy - 0.27777777777777773) < 1e-12);
  assert.ok(Math.abs(mean(classes.map(({ f1 }) => f1)) - macroF1) < 1e-12);
  assert.ok(Math.abs(mean(classes.map(({ recall }) => recall)) - balancedAccuracy) < 1e-12);
});

import assert from "node:assert/strict";
import type { ComparedRun } from "../../../src/results/comparison/compared_run.ts";
import { type Answers, compareRuns, pairsToShow } from "../../../src/results/comparison/comparison.ts";
import { comparisonLines } from "../../../src/results/comparison/comparison_text.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { comparedRun } from "../../../src/results/comparison/compared_run.ts";
import { runStateOf } from "../../../src/run_state/run_state.ts";
import { RUNS } from "../../fixtures/runs/make.ts";

function run(id: string, accuracy: number, changed: Partial<ComparedRun> = {}): ComparedRun {
  return {
    ...{
      id,
      name: null,
      base: "MobileNetV2",
      weights: "imagenet",
      preprocess: "imagenet",
      size: 160,
      data: "grocery10",
    },
    best: { epoch: 7, accuracy, interval: [accuracy - 0.05, accuracy + 0.05] },
    ...{
      epochs: 12,
      seconds: 83,
      parameters: { total: 2_322_948, trainable: 64_964 },
      imagesPerSecond: 101,
      end: "stopped early",
    },
    ...changed,
  };
}

/** Answers to images named by number: right where the text has a 1. */
function answers(text: string): Answers {
  return new Map([...text].map((right, index) => [String(index), right === "1"]));
}

Deno.test("the best run is the first with the highest accuracy, and pairs are judged on their common images", () => {
  const { best, pairs } = compareRuns(
    [run("a", 0.6), run("b", 0.8), run("c", 0.8)],
    [answers("1000000000"), answers("111111110"), answers("0111111100")],
  );
  assert.equal(best, 1);
  assert.deepEqual(
    pairs.map(({ first, second, images, onlyFirst, onlySecond }) => [first, second, images, onlyFirst, onlySecond]),
    [[1, 0, 9, 7, 0], [2, 0, 10, 7, 1], [1, 2, 9, 1, 0]],
  );
});

Deno.test("a run whose images are gone is in the table, and a sentence says why it cannot be compared image by image", () => {
  const comparison = compareRuns([run("a", 0.6), run("b", 0.8)], [{ problem: "no image is left" }, answers("11")]);
  assert.deepEqual(comparison.pairs, []);
  const lines = comparisonLines(comparison, 200);
  assert.ok(
    lines.some((line) => line.includes("MobileNetV2 (a) cannot be compared image by image: no image is left")),
    lines.join("\n"),
  );
  assert.ok(lines.some((line) => line.startsWith("*B b")));
});

Deno.test("of more than three runs only the pairs of the best one are shown", () => {
  const four = [run("a", 0.1), run("b", 0.2), run("c", 0.3), run("d", 0.2)];
  const comparison = compareRuns(four, four.map(() => answers("1010")));
  assert.equal(comparison.pairs.length, 6);
  assert.equal(pairsToShow(comparison).length, 3);
});

Deno.test("a difference is called more than chance below a p-value of 0.05, and not above", () => {
  const lines = (more: number) => {
    const [one, other] = [answers("1".repeat(20)), answers("0".repeat(more) + "1".repeat(20 - more))];
    return comparisonLines(compareRuns([run("a", 0.9), run("b", 0.5)], [one, other]), 300).join("\n");
  };
  assert.match(
    lines(6),
    /MobileNetV2 \(a\) is better than MobileNetV2 \(b\) by more than chance \(exact McNemar test, p = 0\.031\)/,
  );
  assert.match(
    lines(5),
    /chance alone can explain the difference .*p = 0\.063\)\. Of 20 images, 5 are predicted correctly only by the first run, and 0 /,
  );
  assert.match(lines(0), /predict the same of their 20 images correctly/);
});

Deno.test("the table never is wider than its room, and keeps the run, its base and its best figure", () => {
  const name = "洗濯機 with a long name of its own";
  const comparison = compareRuns([run("20261126-180816-a", 0.6, { name }), run("b", 0.8)], [
    answers("10"),
    answers("01"),
  ]);
  for (const width of [60, 72, 80, 120, 200]) {
    const lines = comparisonLines(comparison, width);
    for (const line of lines) assert.ok(stringWidth(line) <= width, `${width}: ${line}`);
    for (const text of ["洗濯機", "MobileNetV2", "0.600", "0.550–0.650"]) {
      assert.ok(lines.some((line) => line.includes(text)), `${width}: ${text}`);
    }
  }
  assert.ok(comparisonLines(comparison, 200).some((line) => line.includes("2,322,948")));
});

Deno.test("what is compared of a run is what its events say", () => {
  const compared = comparedRun("id", runStateOf(RUNS["lesson"]?.() ?? []));
  assert.deepEqual(
    [compared?.best?.epoch, compared?.best?.accuracy.toFixed(3), compared?.epochs, compared?.parameters.trainable],
    [21, "0.652", 26, 53_808],
  );
  assert.equal(comparedRun("id", runStateOf([])), null);
});

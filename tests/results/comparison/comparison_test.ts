import assert from "node:assert/strict";
import type { ComparedRun } from "../../../src/results/comparison/compared_run.ts";
import { type Answers, compareRuns, pairsToShow } from "../../../src/results/comparison/comparison.ts";
import { comparisonLines } from "../../../src/results/comparison/comparison_text.ts";
import { comparisonPart } from "../../../src/report/parts/comparison_part.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";
import { comparisonJson, comparisonSchema } from "../../../src/results/comparison/comparison_json.ts";
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
      mode: "tf",
      size: 160,
      data: "grocery10",
      classes: ["Apple", "Juice"],
      engine: "tensorflow 2.21.0 on cpu",
    },
    best: { epoch: 7, accuracy, interval: [accuracy - 0.05, accuracy + 0.05] },
    ...{
      epochs: 12,
      seconds: 83,
      parameters: { total: 2_322_948, trainable: 64_964 },
      imagesPerSecond: 101,
      end: "early_stopping",
      live: false,
      error: null,
    } as const,
    ...changed,
  };
}

/** Answers to images named by number: right where the text has a 1. */
function answers(text: string): Answers {
  return new Map([...text].map((right, index) => [String(index), right === "1"]));
}

Deno.test("the best run is the first with the highest accuracy, and pairs are judged on their common images", () => {
  const { bests, pairs } = compareRuns(
    [run("a", 0.6), run("b", 0.8), run("c", 0.8)],
    [answers("1000000000"), answers("111111110"), answers("0111111100")],
  );
  assert.deepEqual(bests, [1]);
  assert.deepEqual(
    pairs.map(({ first, second, images, onlyFirst, onlySecond }) => [first, second, images, onlyFirst, onlySecond]),
    [[1, 0, 9, 7, 0], [2, 0, 10, 7, 1], [1, 2, 9, 1, 0]],
  );
});

Deno.test("runs with different classes are not tested against each other, and a sentence says so", () => {
  const runs = [
    run("a", 0.6),
    run("b", 0.8, { classes: ["Juice", "Apple"] }),
    run("c", 0.9, { classes: ["7 up", "Juice"] }),
  ];
  const comparison = compareRuns(runs, [answers("1000000000"), answers("1111111110"), answers("1111111111")]);
  assert.deepEqual(comparison.pairs.map(({ first, second }) => [first, second]), [[1, 0]]);
  assert.deepEqual(comparison.unlike, [[0, 2], [1, 2]]);
  assert.deepEqual(comparison.strangers, []);
  const lines = comparisonLines(comparison, 200);
  const sentence =
    "The runs have different classes. Only the accuracies of runs with the same classes can be compared: " +
    "A, B; C.";
  assert.ok(lines.includes(sentence), lines.join("\n"));
  assert.deepEqual(comparisonJson(comparison).with_different_classes, [["a", "c"], ["b", "c"]]);
});

const FRUIT = { classes: ["Apple", "Pear"] };

Deno.test("runs with different classes are not ranked: no star, and no best run as JSON", () => {
  const comparison = compareRuns([run("a", 0.6), run("b", 0.9, FRUIT)], [answers("10"), answers("11")]);
  assert.deepEqual(comparison.bests, []);
  const lines = comparisonLines(comparison, 200);
  assert.doesNotMatch(lines.join("\n"), /\*/);
  assert.ok(
    lines.includes(
      "MobileNetV2 (a) and MobileNetV2 (b) have different classes, so their accuracies cannot be compared.",
    ),
    lines.join("\n"),
  );
  assert.equal(comparisonJson(comparison).best, null);
  assert.deepEqual(comparisonPart(comparison).rows.map(({ isBest }) => isBest), [false, false]);
});

Deno.test("of runs with different classes the best of those with the same classes has a star, and its pairs are shown", () => {
  const runs = [run("a", 0.6), run("b", 0.9, FRUIT), run("c", 0.7), run("d", 0.8, FRUIT), run("e", 0.5), {
    ...run("f", 0.99),
    classes: ["on its own"],
  }];
  const comparison = compareRuns(runs, runs.map((_, place) => answers("1".repeat(place + 1).padEnd(8, "0"))));
  assert.deepEqual(comparison.bests, [2, 1]);
  const shown = pairsToShow(comparison).map(({ first, second }) => [first, second]);
  assert.deepEqual(shown, [[2, 0], [3, 1], [4, 2]]);
  const lines = comparisonLines(comparison, 200);
  assert.deepEqual(lines.filter((line) => line.startsWith("*")).map((line) => line.slice(0, 4)), ["*B b", "*C c"]);
  assert.match(lines.join("\n"), /; \* is the best of the runs with the same classes\n/);
  assert.match(lines.join("\n"), /can be compared: A, C, E; B, D; F\.\n/);
  assert.equal(comparisonJson(comparison).best, null);
});

Deno.test("as JSON each group of runs with the same classes has its best run, and a run without an epoch is in none", () => {
  const failed = run("d", 0, { best: null, epochs: 0, end: "failed", error: "no room" });
  const runs = [run("a", 0.6), run("b", 0.9, FRUIT), run("c", 0.7), failed];
  const known = [answers("10"), answers("11"), answers("11"), { problem: "it has no finished epoch" }];
  const different = comparisonSchema.parse(comparisonJson(compareRuns(runs, known)));
  assert.equal(different.best, null);
  assert.deepEqual(different.groups, [{ runs: ["a", "c"], best: "c" }, { runs: ["b"], best: null }]);
  assert.deepEqual(different.with_different_classes, [["a", "b"], ["b", "c"]]);

  const same = comparisonJson(compareRuns([run("a", 0.6), failed], known.slice(2)));
  assert.deepEqual([same.best, same.groups], ["a", [{ runs: ["a"], best: "a" }]]);
});

Deno.test("a run that failed before its first epoch does not keep the others from being ranked, whatever its classes are", () => {
  const failed = run("b", 0, { best: null, epochs: 0, end: "failed", error: "no room", ...FRUIT });
  const runs = [run("a", 0.6), failed, run("c", 0.5)];
  const comparison = compareRuns(runs, runs.map(() => ({ problem: "gone" })));
  assert.deepEqual(comparison.bests, [0]);
  assert.deepEqual([comparisonJson(comparison).best, comparison.unlike], ["a", []]);
  assert.match(comparisonLines(comparison, 200).join("\n"), /; \* is the best run\n/);
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
    /Chance alone can explain the difference .*p = 0\.063\)\. Of 20 images, 5 are predicted correctly only by the first run, and 0 /,
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
  assert.ok(
    comparisonLines(comparison, 200).some((line) => line.includes("MobileNetV2") && line.includes("2,322,948")),
  );
});

Deno.test("columns that have no room in the table follow in a second one with the same marks", () => {
  const comparison = compareRuns([run("a", 0.6), run("b", 0.8, { seconds: 7 })], [answers("10"), answers("11")]);
  const lines = comparisonLines(comparison, 60);
  const head = lines.findIndex((line) => /^ {3}.*time +parameters +trainable/.test(line));
  assert.ok(head > 3, lines.join("\n"));
  assert.match(lines[head + 1] ?? "", /^ A .*1m 23s +2,322,948 +64,964/);
  assert.match(lines[head + 2] ?? "", /^\*B .*7\.0s +2,322,948 +64,964/);
});

Deno.test("what is compared of a run is what its events say, and before it is prepared what was asked for", () => {
  const requested = { base: "squeezenet11", size: 64, name: "mine" } as const;
  const compared = comparedRun("id", requested, runStateOf(RUNS["lesson"]?.() ?? []), false);
  assert.deepEqual(
    [compared.best?.epoch, compared.best?.accuracy.toFixed(3), compared.epochs, compared.parameters?.trainable],
    [21, "0.652", 26, 53_808],
  );
  assert.deepEqual([compared.base, compared.size], ["densenet121", 160]);
  const unprepared = comparedRun("id", requested, runStateOf([]), true);
  assert.equal(unprepared.live, true);
  assert.deepEqual([unprepared.base, unprepared.size, unprepared.name], ["SqueezeNet 1.1", 64, "mine"]);
  assert.deepEqual([unprepared.best, unprepared.parameters, unprepared.data, unprepared.end], [null, null, null, null]);
});

Deno.test("a run that failed before its first epoch is in the table, and a sentence says why it failed", () => {
  const failed = run("b", 0, { best: null, epochs: 0, end: "failed", error: "the disk is full" });
  const comparison = compareRuns([run("a", 0.6), failed], [answers("11"), { problem: "it has no finished epoch" }]);
  const lines = comparisonLines(comparison, 200);
  assert.ok(lines.some((line) => /^ B b .* – .* failed$/.test(line)), lines.join("\n"));
  assert.ok(lines.includes("MobileNetV2 (b) failed: the disk is full"));
  assert.ok(!lines.some((line) => line.includes("no pair")));
});

Deno.test("the column of epochs says which of them is named: the best of all, or none", () => {
  const runs = [run("a", 0.6), run("b", 0, { best: null, epochs: 3 })];
  const [title = "", ...rows] = comparisonLines(compareRuns(runs, runs.map(() => ({ problem: "" }))), 300);
  assert.match(title, / best epoch /);
  assert.match(rows.join("\n"), / 7 of 12 .*\n.* – of 3 /);
});

Deno.test("the column of preprocessing has the word of the option, and a line says what imagenet is for each base", () => {
  const [a, b] = ["a", "b"].map((suffix) => `20261126-18081${suffix === "a" ? 1 : 2}-${suffix}`);
  const comparison = compareRuns(
    [
      run(a ?? "", 0.6, { base: "DenseNet121", mode: "torch" }),
      run(b ?? "", 0.7, { mode: null, preprocess: "scale" }),
    ],
    [answers("10"), answers("11")],
  );
  const lines = comparisonLines(comparison, 80);
  assert.match(lines[1] ?? "", /^ A 20261126-180811 {2}DenseNet121 {2}imagenet /);
  assert.match(lines[2] ?? "", /^\*B 20261126-180812 {2}MobileNetV2 {2}scale /);
  assert.match(lines.join(" "), /preprocess: scale divides by 255, imagenet is the mode .* trained with: torch/);
  const two = comparisonLines(
    compareRuns([run("a", 0.6, { mode: "torch" }), run("b", 0.7)], [answers(""), answers("")]),
    200,
  );
  assert.ok(two.some((line) => line.endsWith("trained with: torch (A), tf (B)")), two.join("\n"));
});

Deno.test("runs without a common validation image are said not to be testable, in a sentence and as JSON", () => {
  const comparison = compareRuns(
    [run("a", 0.6), run("b", 0.8), run("c", 0.7)],
    [answers("10"), new Map([["other", true]]), { problem: "no image is left" }],
  );
  const said = comparisonLines(comparison, 300);
  const none =
    "MobileNetV2 (a) and MobileNetV2 (b) have no validation image in common, so no test tells whether they " +
    "differ by more than chance.";
  assert.deepEqual(said.filter((line) => line.includes("in common")), [none], said.join("\n"));
  assert.deepEqual(comparisonJson(comparison).without_common_images, [["a", "b"]]);
});

Deno.test("a comparison as JSON names runs by their ids", () => {
  const comparison = compareRuns([run("a", 0.6), run("b", 0.8), run("c", 0.7)], [
    answers("1000"),
    answers("1111"),
    { problem: "no image is left" },
  ]);
  const json = comparisonSchema.parse(JSON.parse(JSON.stringify(comparisonJson(comparison))));
  assert.equal(json.best, "b");
  const pairs = json.pairs.map((pair) => ({ ...pair, p: Number(pair.p.toFixed(12)) }));
  assert.deepEqual(pairs, [{ first: "b", second: "a", images: 4, only_first: 3, only_second: 0, p: 0.25 }]);
  assert.deepEqual(json.unpaired, [{ run: "c", reason: "no image is left" }]);
  assert.deepEqual(json.runs.map(({ run, best }) => [run, best?.val_accuracy]), [["a", 0.6], ["b", 0.8], ["c", 0.7]]);
});

Deno.test("a run whose trainer is gone without an end is called lost, as in the list of runs", () => {
  const runs = [run("a", 0.6), run("b", 0.5, { end: null })];
  const lines = comparisonLines(compareRuns(runs, runs.map(() => ({ problem: "" }))), 300);
  assert.ok(lines.some((line) => /^ B b .* lost$/.test(line)), lines.join("\n"));
});

Deno.test("a comparison says that a run is still training, in the table, in a sentence and as JSON", () => {
  const comparison = compareRuns([run("a", 0.9), run("b", 0.5, { end: null, live: true })], [
    answers("11"),
    answers("10"),
  ]);
  const lines = comparisonLines(comparison, 300);
  assert.ok(lines.some((line) => /^ B b .* still training$/.test(line)), lines.join("\n"));
  assert.ok(lines.includes("MobileNetV2 (b) is still training, so its figures may change."));
  assert.deepEqual(comparisonJson(comparison).runs.map(({ live }) => live), [false, true]);
});

Deno.test("a comparison has a column with engine, version and device where runs differ in it, and JSON always has them", () => {
  const other = "openvino 2026.4.1 on cpu";
  const linesOf = (engine: string) => {
    const comparison = compareRuns([run("a", 0.9), run("b", 0.5, { engine })], [answers("11"), answers("10")]);
    return { lines: comparisonLines(comparison, 300), json: comparisonJson(comparison) };
  };
  const differ = linesOf(other);
  assert.match(
    differ.lines.join("\n"),
    /^ +run +.* engine .*\n.* tensorflow 2\.21\.0 on cpu .*\n.* openvino 2026\.4\.1 on cpu /,
  );
  assert.deepEqual(differ.json.runs.map(({ engine }) => engine), ["tensorflow 2.21.0 on cpu", other]);
  assert.doesNotMatch(linesOf("tensorflow 2.21.0 on cpu").lines.join("\n"), /engine|tensorflow/);
});

import assert from "node:assert/strict";
import type { ComparedRun } from "../../../src/results/comparison/compared_run.ts";
import { compareRuns } from "../../../src/results/comparison/comparison.ts";
import { lessonJson, lessonSchema } from "../../../src/results/lesson/lesson_json.ts";
import { LESSON_MODELS } from "../../../src/results/lesson/lesson_models.ts";
import { lessonGroups, type LessonRun } from "../../../src/results/lesson/lesson_result.ts";
import { lessonLines } from "../../../src/results/lesson/lesson_text.ts";
import { stringWidth } from "../../../src/dashboard/text/width.ts";

function run(id: string, accuracy: number | null, last: number | null, seed: number): LessonRun {
  const compared: ComparedRun = {
    ...{ id, name: id, base: "DenseNet121", weights: "imagenet", preprocess: "scale", mode: null, size: 160 },
    ...{
      data: "dollarstreet",
      classes: null,
      engine: null,
      epochs: accuracy === null ? 0 : 26,
      seconds: 83,
      imagesPerSecond: null,
    },
    best: accuracy === null ? null : { epoch: 21, accuracy, interval: [accuracy - 0.05, accuracy + 0.05] },
    parameters: null,
    end: accuracy === null ? "failed" : "early_stopping",
    live: false,
    error: accuracy === null ? "the disk is full" : null,
  };
  return { seed, compared, last };
}

function lines(bases: readonly LessonRun[], scratch: readonly LessonRun[], width = 80): string[] {
  const all = [...bases, ...scratch];
  const answers = all.map(({ compared }) =>
    compared.best ? new Map([["image", compared.best.accuracy > 0.5]]) : { problem: "it has no finished epoch" }
  );
  const comparison = compareRuns(all.map(({ compared }) => compared), answers);
  return lessonLines(lessonGroups(LESSON_MODELS, [bases, scratch]), comparison, width);
}

Deno.test("the lesson's own figures are those that its plots show: .652 and .648 on the base, .311 and .273 from scratch", () => {
  const [base, scratch] = lessonGroups(LESSON_MODELS, []);
  const figures = [base, scratch].map((group) =>
    group?.rows.map(({ who, best, last, epochs }) => [who, best?.toFixed(3), last?.toFixed(3), epochs])
  );
  assert.deepEqual(figures, [
    [["the lesson", "0.652", "0.648", { best: 21, all: 26 }]],
    [["the lesson", "0.311", "0.273", { best: 16, all: 20 }]],
  ]);
});

Deno.test("three seeds of the base and one of the CNN are planned", () => {
  assert.deepEqual(LESSON_MODELS.map(({ seeds, options }) => [options["base"], seeds.length]), [
    ["densenet121", 3],
    ["lesson-cnn", 1],
  ]);
});

Deno.test("each run stands below the lesson's with its best epoch, and the mean of several below them", () => {
  const table = lines([run("a", 0.64, 0.62, 1), run("b", 0.66, 0.64, 2)], [run("c", 0.3, 0.28, 2)]);
  assert.deepEqual(table.slice(0, table.indexOf("")), [
    "              seed   best  95 % interval   last  best epoch    time",
    "DenseNet121 with ImageNet weights",
    "  the lesson     2  0.652    0.596–0.704  0.648    21 of 26",
    "A Headlight      1  0.640    0.590–0.690  0.620    21 of 26  1m 23s",
    "B Headlight      2  0.660    0.610–0.710  0.640    21 of 26  1m 23s",
    "  mean              0.650                 0.630",
    "CNN from scratch",
    "  the lesson     2  0.311    0.260–0.366  0.273    16 of 20",
    "C Headlight      2  0.300    0.250–0.350  0.280    21 of 26  1m 23s",
  ]);
  // The best run of each model, not each pair of seeds.
  const text = table.join(" ");
  assert.match(text, /b is better|explain the difference between b and c/);
  assert.equal(text.match(/McNemar/g)?.length, 1);
  for (const line of lines([run("a", 0.64, 0.62, 1)], [], 60)) assert.ok(stringWidth(line) <= 68, line);
});

Deno.test("a run of the lesson that failed has no letter, and a sentence says why it failed", () => {
  const table = lines([run("a", 0.64, 0.62, 1), run("b", 0.66, 0.64, 2)], [run("c", null, null, 2)]);
  assert.ok(table.some((line) => /^ {2}Headlight +2 +– +– +– of 0 +1m 23s$/.test(line)), table.join("\n"));
  assert.ok(table.includes("c failed: the disk is full"));
});

Deno.test("the lesson as JSON has the same rows", () => {
  const groups = lessonGroups(LESSON_MODELS, [[run("a", 0.64, 0.62, 1)], []]);
  const { models } = lessonSchema.parse(JSON.parse(JSON.stringify(lessonJson(groups))));
  assert.deepEqual(models[0]?.rows[1], { who: "Headlight", run: "a", seed: 1, best: 0.64, last: 0.62 });
});

import assert from "node:assert/strict";
import {
  classSizeTexts,
  majorityLine,
  majorityOf,
  majoritySentence,
} from "../../../src/dashboard/run_text/class_text.ts";
import { runFacts } from "../../../src/dashboard/run_text/describe.ts";
import type { EventOf } from "../../../src/events.ts";
import { SILENT_RUN } from "../../../src/run_state/run_state.ts";
import { event, replay, stream } from "../replay.ts";

const LESSON = replay(stream("lesson")).run;

/** Returns the lesson's run with these classes: their names and image counts in training and validation. */
function withClasses(names: readonly string[], train: readonly number[], validation: readonly number[]) {
  const { facts } = LESSON;
  assert.ok(facts);
  const dataset = {
    ...facts.dataset,
    name: "kitchen",
    train: train.reduce((sum, count) => sum + count, 0),
    validation: validation.reduce((sum, count) => sum + count, 0),
    classes: [...names],
    per_class: { train: [...train], validation: [...validation] },
  };
  return { ...LESSON, facts: { ...facts, dataset } };
}

const KITCHEN = withClasses(["cup", "plate", "spoon"], [40, 8, 5], [13, 3, 2]);

const WIDTHS: readonly [number, RegExp][] = [
  [200, / kitchen: 53 \+ 18 images \(cup 40 \+ 13, plate 8 \+ 3, spoon 5 \+ 2\) · /],
  [92, / kitchen: 53 \+ 18 \(cup 40 \+ 13, plate 8 \+ 3, spoon 5 \+ 2\)$/],
  [80, / kitchen: 53 \+ 18 \(40\/8\/5 \+ 13\/3\/2\) · 3 classes$/],
  // The data set comes first.
  [50, / kitchen: 53 \+ 18$/],
];
for (const [width, expected] of WIDTHS) {
  Deno.test(`in ${width} columns the header has as much of the sizes of unequal classes as fits`, () => {
    const text = runFacts(KITCHEN, " · ", width);
    assert.ok(text.length <= width, text);
    assert.match(text, expected);
  });
}

Deno.test("the header says which size the weights were made for, and that a base preprocesses itself", () => {
  const { facts } = LESSON;
  assert.ok(facts);
  assert.doesNotMatch(runFacts(LESSON, " · ", 300), /made for|turned back/);
  const withModel = (changed: Partial<typeof facts.model>) => {
    return runFacts({ ...LESSON, facts: { ...facts, model: { ...facts.model, ...changed } } }, " · ", 300);
  };
  assert.match(withModel({ weights_size: 224 }), /^[^·]* weights made for 224×224 · /);
  const inside = { preprocesses_inside: true } as const;
  assert.match(withModel({ ...inside, preprocess: "scale" }), / · preprocess scale, turned back to 0…255: /);
  assert.doesNotMatch(withModel({ ...inside, preprocess: "imagenet" }), /turned back/);
});

Deno.test("the header says which run's weights a run started with, in 80 columns by the time of that run", () => {
  const { facts } = LESSON;
  assert.ok(facts);
  const from = { run: "20261123-205501-densenet121-dollarstreet", epoch: 7, step: 0 };
  const started = { ...LESSON, facts: { ...facts, started_from: from } };
  assert.match(
    runFacts(started, " · ", 250),
    /^[^·]* weights, from 20261123-205501-densenet121-dollarstreet, epoch 7 · /,
  );
  const narrow = runFacts(started, " · ", 80);
  assert.match(narrow, /^[^·]* weights, from 20261123-205501, epoch 7( · |$)/);
  assert.ok(narrow.length <= 80, narrow);
  const within = { ...LESSON, facts: { ...facts, started_from: { ...from, run: "mine", step: 3 } } };
  assert.match(runFacts(within, " · ", 250), /, from mine, epoch 8, step 3 · /);
});

Deno.test("about equal classes, those of an older run, and a single one have no sizes in the header", () => {
  const lesson = runFacts(LESSON, " · ", 120);
  assert.doesNotMatch(lesson, /\(/);
  const equal = withClasses(["a", "b"], [40, 30], [9, 9]);
  assert.deepEqual(equal.facts && classSizeTexts(equal.facts.dataset), []);
  assert.deepEqual(classSizeTexts(withClasses(["a"], [40], [9]).facts.dataset), []);
  assert.deepEqual(classSizeTexts(withClasses(["a", "b"], [40], [9]).facts.dataset), [], "a damaged log");
});

Deno.test("the header names the engine, and the classes of a small set if they fit beside it, otherwise their number", () => {
  const equal = withClasses(["Apple", "Milk", "Pear"], [40, 40, 41], [9, 9, 9]);
  assert.match(runFacts(equal, " · ", 80), / kitchen: 121 \+ 27 · tensorflow on cpu$/);
  assert.match(runFacts(equal, " · ", 120), / · tensorflow [^·]* · 3 classes: Apple, Milk, Pear/);
  assert.match(runFacts(equal, " · ", 160), / images · tensorflow [^·]* · 3 classes: Apple, Milk, Pear · preprocess /);
  const long = withClasses(["Apple".repeat(9), "Milk"], [40, 40], [9, 9]);
  assert.match(runFacts(long, " · ", 100), / kitchen: 80 \+ 18 · tensorflow on cpu · .*2 classes/);
});

Deno.test("for many classes the smallest and the largest are given", () => {
  const names = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
  const sizes = names.map((_, index) => index + 1);
  assert.deepEqual(classSizeTexts(withClasses(names, sizes, sizes).facts.dataset), ["1 to 1,000 per class"]);
  assert.match(
    runFacts(withClasses(names, sizes, sizes), " · ", 90),
    / kitchen: 500,500 \+ 500,500 \(1 to 1,000 per class\)/,
  );
});

function classes(index: number, weights: number[] | null = null): EventOf<"classes"> {
  const said = event({ type: "classes", majority: { class: index, accuracy: 13 / 18 }, weights });
  assert.ok(said.type === "classes");
  return said;
}

Deno.test("the majority baseline comes from the run and names its class; older runs have none", () => {
  assert.deepEqual(majorityOf({ ...KITCHEN, classes: classes(0) }), { name: "cup", accuracy: 13 / 18 });
  assert.equal(majorityOf(KITCHEN), null, "not said yet");
  assert.equal(majorityOf(SILENT_RUN), null);
  assert.equal(majorityOf({ ...KITCHEN, classes: classes(7) }), null, "a class that a damaged log does not have");
});

Deno.test("balanced class weights are shown in the header", () => {
  assert.match(runFacts({ ...KITCHEN, classes: classes(0, [0.4, 2.2, 3.5]) }, " · ", 300), /balanced class weights$/);
});

Deno.test("the sentence compares with as many digits as show the difference, and two if the values are equal", () => {
  const cup = { name: "cup", accuracy: 0.7692 };
  assert.equal(majoritySentence(cup, 0.79), "always predicting cup gives accuracy 0.77, the model gives 0.79");
  assert.equal(majoritySentence(cup, 0.772), "always predicting cup gives accuracy 0.769, the model gives 0.772");
  assert.equal(majoritySentence(cup, 0.7692), "always predicting cup gives accuracy 0.77, the model gives 0.77");
});

Deno.test("only the accuracy chart has the majority baseline, with a caption that names the class", () => {
  const cup = { name: "cup", accuracy: 0.7692 };
  assert.deepEqual(majorityLine(cup, "accuracy"), {
    y: 0.7692,
    captions: ["always predicting cup: 0.77", "always cup: 0.77"],
  });
  assert.equal(majorityLine(cup, "loss"), null);
  assert.equal(majorityLine(null, "accuracy"), null);
});

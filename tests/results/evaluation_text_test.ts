import assert from "node:assert/strict";
import { at } from "../../src/at.ts";
import { columnLetters, matrixRows } from "../../src/dashboard/panes/confusion_view.ts";
import { UNICODE } from "../../src/dashboard/drawing/glyphs.ts";
import { caveatLines, type Caveats } from "../../src/results/caveats.ts";
import { imageName } from "../../src/results/evaluate.ts";
import { evaluationLines } from "../../src/results/evaluation_text.ts";
import { metrics } from "../../src/results/metrics.ts";

const found = metrics({
  classes: ["pear", "apple"],
  labels: Int32Array.of(0, 1),
  probabilities: Float64Array.of(0.9, 0.1, 0.2, 0.8),
});

const caveats: Caveats = { gone: [], changed: [], redrawn: null, trainedOn: null };

/** Returns the second line of a report, about the checkpoint's weights. */
function secondLine(epoch: number, step: number): string | undefined {
  const head = { run: "a-run", checkpoint: "last", epoch, step, images: "images" };
  const rest = { majority: null, trainedOn: null, loss: 0.1, broken: [], caveats, probabilities: new Float64Array() };
  return evaluationLines(head, { metrics: found, indexOf: Number, imageOf: String, keyOf: String, ...rest }, 80)[1];
}

Deno.test("evaluate reports that a checkpoint's weights are some steps past the epoch that it names", () => {
  assert.equal(secondLine(12, 7), "These weights are from 7 training steps after the end of epoch 12.");
  assert.equal(secondLine(12, 1), "These weights are from 1 training step after the end of epoch 12.");
  assert.equal(secondLine(0, 2), "These weights are from 2 training steps into epoch 1.");
  assert.equal(secondLine(12, 0), "2 images: images");
});

Deno.test("the epoch in the heading is whole, however long the name of the run is", () => {
  const head = { run: "r".repeat(52), checkpoint: "best", epoch: 129, step: 0, images: "images" };
  const rest = { majority: null, trainedOn: null, loss: 0.1, broken: [], caveats, probabilities: new Float64Array() };
  const lines = evaluationLines(head, { metrics: found, indexOf: Number, imageOf: String, keyOf: String, ...rest }, 72);
  assert.match(lines.slice(0, 2).join(" "), /^r{52}, checkpoint best \(epoch 129\) ?/);
});

Deno.test("evaluate reports that the random split of an older run's folder is different or may be", () => {
  const [changed = "", ...more] = caveatLines({ ...caveats, redrawn: "changed" });
  assert.match(changed, /split again\. The folder has changed, so some of these images were used for training/);
  assert.deepEqual(more, []);
  assert.match(
    caveatLines({ ...caveats, redrawn: "as many" })[0] ?? "",
    /some of these may have been used for training/,
  );
  assert.deepEqual(caveatLines(caveats), []);
});

Deno.test("a mistake is named by its file, or as an index, so that it is clear that arrays count from 0", () => {
  assert.equal(imageName({ fileOf: (index) => `red/${index}.png` }, 3), "red/3.png");
  assert.equal(imageName({ fileOf: () => null }, 3), "image index 3");
});

/** Returns the report on `images` images of each class, of which `confused` are predicted as the next class. */
function report(classes: readonly string[], images: number, confused: number): string[] {
  const labels = Int32Array.from({ length: classes.length * images }, (_, row) => Math.floor(row / images));
  const probabilities = new Float64Array(labels.length * classes.length);
  for (const [row, label] of labels.entries()) {
    const predicted = row % images < confused ? (label + 1) % classes.length : label;
    probabilities[row * classes.length + predicted] = 1;
  }
  const head = { run: "a-run", checkpoint: "best", epoch: 3, step: 0, images: "photos" };
  const rest = { majority: null, loss: 0.1, broken: [], caveats, probabilities };
  const trainedOn = classes.map(() => 2345);
  const found = metrics({ classes, labels, probabilities });
  return evaluationLines(
    head,
    { metrics: found, indexOf: Number, imageOf: String, keyOf: String, trainedOn, ...rest },
    200,
  );
}

Deno.test("the columns and rows of evaluate's matrix have the letters of the dashboard's matrix", () => {
  for (const many of [3, 30]) {
    const classes = Array.from({ length: many }, (_, index) => `kind ${index}`);
    const lines = report(classes, 4, 1);
    const heading = lines.findIndex((line) => line.startsWith("true \\ predicted"));
    const cells = classes.map((_, index): [number, number, number] => [index, index, 3]);
    const shown = matrixRows(cells, classes, 200, 50, UNICODE) ?? [];
    const letters = at(shown, 0).cells.map(({ text }) => text.trim());
    assert.deepEqual(letters, columnLetters(many));
    assert.deepEqual(at(lines, heading).split(/ +/).slice(3), letters);
    for (const [index, letter] of letters.entries()) {
      assert.match(at(lines, heading + 1 + index), new RegExp(`^ *${letter} kind ${index} `));
      assert.ok(at(shown, 1 + index).name.trim().startsWith(`${letter} kind ${index}`));
    }
  }
});

Deno.test("evaluate writes all counts with a thousands separator", () => {
  const text = report(["pear", "apple"], 1165, 1001).join("\n");
  assert.match(text, /^2,330 images: photos$/m);
  assert.match(text, /\(328 of 2,330\)/);
  assert.match(text, /^pear .* 1,165 +2,345$/m);
  assert.match(text, /^mean .* 2,330 +4,690$/m);
  assert.match(text, /^a pear +164 1,001$/m);
  assert.match(text, /pear predicted as apple: 1,001 \(/);
  assert.doesNotMatch(text, /\d{4,}(?! )[^.\d]*images/);
});

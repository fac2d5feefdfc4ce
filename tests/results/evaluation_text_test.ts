import assert from "node:assert/strict";
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
  return evaluationLines(head, { metrics: found, imageOf: String, keyOf: String, ...rest }, 80)[1];
}

Deno.test("evaluate reports that a checkpoint's weights are some steps past the epoch that it names", () => {
  assert.equal(secondLine(12, 7), "These weights are from 7 training steps after the end of epoch 12.");
  assert.equal(secondLine(12, 1), "These weights are from 1 training step after the end of epoch 12.");
  assert.equal(secondLine(0, 2), "These weights are from 2 training steps into epoch 1.");
  assert.equal(secondLine(12, 0), "2 images: images");
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

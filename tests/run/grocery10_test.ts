/**
 * Runs the lesson's recipe on real images with real pre-trained bases from the command line, and compares the results
 * with Keras's over ten seeds.
 */
import assert from "node:assert/strict";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, JsonRun } from "../process.ts";
import { KERAS_ACCURACIES } from "../photographs.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";
import { MOBILENET_PLACE, SQUEEZENET_PLACE } from "../test_data/sources.ts";

await tensorflowEngine();

const SEEDS = [1, 2, 3, 4, 5];

const SQUEEZENET = ["--base", "squeezenet11", "--weights", shared(SQUEEZENET_PLACE)];
const MOBILENET = ["--base", "mobilenet_v2", "--weights", shared(MOBILENET_PLACE)];

/** Returns the best validation accuracy of a run for each seed. */
async function bestAccuracies(
  data: readonly string[],
  how: readonly string[],
  base: readonly string[] = SQUEEZENET,
): Promise<number[]> {
  return await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const best: number[] = [];
    for (const seed of SEEDS) {
      const run = new JsonRun([
        ...["train", "--data", shared("data", ...data), ...base, ...how],
        ...["--seed", String(seed), "--runs", `${folder}/runs`],
      ], { env });
      assert.equal(await run.status(), 0, run.stderr);
      best.push(run.all("end")[0]?.best?.val_accuracy ?? 0);
    }
    return best;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

Deno.test(sharedTest(
  "with SqueezeNet's own preprocessing every seed reaches 0.80 on grocery10, and the mean equals Keras's",
  async () => {
    const best = await bestAccuracies(["grocery10"], ["--preprocess", "imagenet"]);
    assert.ok(Math.min(...best) >= 0.8, `${best}`);
    assert.ok(Math.abs(mean(best) - KERAS_ACCURACIES.squeezenet11.caffe) < 0.02, `${best}`);
  },
));

Deno.test(sharedTest("with /255 alone the mean on grocery10 equals Keras's too", async () => {
  const best = await bestAccuracies(["grocery10"], ["--preprocess", "scale"]);
  assert.ok(Math.abs(mean(best) - KERAS_ACCURACIES.squeezenet11.scale) < 0.025, `${best}`);
}));

Deno.test(sharedTest("the same images as a folder of JPEGs reach a mean of 0.81 without further options", async () => {
  // Keras on the same files, with Pillow and tf.image.resize_with_pad: 0.831 ± 0.016.
  const best = await bestAccuracies(["grocery10", "images"], []);
  assert.ok(mean(best) >= 0.81, `${best}`);
}));

Deno.test(sharedTest(
  "with MobileNetV2 for 160 pixels the mean on grocery10 equals Keras's, for both preprocessings",
  async () => {
    const own = await bestAccuracies(["grocery10"], ["--preprocess", "imagenet"], MOBILENET);
    assert.ok(Math.abs(mean(own) - KERAS_ACCURACIES.mobilenet_v2.tf) < 0.02, `${own}`);
    const scaled = await bestAccuracies(["grocery10"], ["--preprocess", "scale"], MOBILENET);
    assert.ok(Math.abs(mean(scaled) - KERAS_ACCURACIES.mobilenet_v2.scale) < 0.025, `${scaled}`);
  },
));

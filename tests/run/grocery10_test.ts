/**
 * Runs the lesson's recipe on real images with a real pre-trained base from the command line, and compares the results
 * with Keras's over ten seeds (goldens/squeezenet11_grocery10_keras.json).
 */
import assert from "node:assert/strict";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, JsonRun } from "../process.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const SEEDS = [1, 2, 3, 4, 5];

function kerasMean(preprocessing: "caffe" | "scale"): number {
  return JSON.parse(Deno.readTextFileSync(shared("goldens", "squeezenet11_grocery10_keras.json")))[preprocessing]
    .best_mean;
}

/** Returns the best validation accuracy of a run for each seed. */
async function bestAccuracies(data: readonly string[], how: readonly string[]): Promise<number[]> {
  return await withTemporaryFolder(async (folder) => {
    const env = emptyFeatureCache(folder);
    const best: number[] = [];
    for (const seed of SEEDS) {
      const run = new JsonRun([
        ...["train", "--data", shared("data", ...data), "--base", "squeezenet11", ...how],
        ...["--weights", shared("weights", "squeezenet11", "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5")],
        ...["--seed", String(seed), "--runs", `${folder}/runs`],
      ], { env });
      assert.equal(await run.status(), 0, run.stderr);
      best.push(run.all("end")[0]?.best?.val_accuracy ?? 0);
    }
    return best;
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

sharedTest(
  "with SqueezeNet's own preprocessing every seed reaches 0.80 on grocery10, and the mean equals Keras's",
  async () => {
    const best = await bestAccuracies(["grocery10"], ["--preprocess", "imagenet"]);
    assert.ok(Math.min(...best) >= 0.8, `${best}`);
    assert.ok(Math.abs(mean(best) - kerasMean("caffe")) < 0.02, `${best}`);
  },
);

sharedTest("with /255 alone the mean on grocery10 equals Keras's too", async () => {
  const best = await bestAccuracies(["grocery10"], ["--preprocess", "scale"]);
  assert.ok(Math.abs(mean(best) - kerasMean("scale")) < 0.025, `${best}`);
});

sharedTest("the same images as a folder of JPEGs reach a mean of 0.81 without further options", async () => {
  // Keras on the same files, with Pillow and tf.image.resize_with_pad: 0.831 ± 0.016.
  const best = await bestAccuracies(["grocery10", "images"], []);
  assert.ok(mean(best) >= 0.81, `${best}`);
});

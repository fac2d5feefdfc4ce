/**
 * Runs the lesson's recipe on real images with real pre-trained bases from the command line, and compares the results
 * with Keras's over ten seeds (goldens/squeezenet11_grocery10_keras.json and mobilenet_v2_160_grocery10_keras.json).
 */
import assert from "node:assert/strict";
import { tensorflowEngine } from "../engine.ts";
import { emptyFeatureCache, JsonRun } from "../process.ts";
import { shared, sharedTest, withTemporaryFolder } from "../support.ts";

await tensorflowEngine();

const SEEDS = [1, 2, 3, 4, 5];

const SQUEEZENET = [
  ...["--base", "squeezenet11", "--weights"],
  shared("weights", "squeezenet11", "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5"),
];
const MOBILENET = [
  ...["--base", "mobilenet_v2", "--weights"],
  shared("weights", "mobilenet_v2_160", "mobilenet_v2_160_dogs_no_top.h5"),
];

function kerasMean(preprocessing: "caffe" | "scale"): number {
  return JSON.parse(Deno.readTextFileSync(shared("goldens", "squeezenet11_grocery10_keras.json")))[preprocessing]
    .best_mean;
}

function kerasMobilenetMean(preprocessing: "tf" | "scale"): number {
  return JSON.parse(Deno.readTextFileSync(shared("goldens", "mobilenet_v2_160_grocery10_keras.json")))[preprocessing]
    .mean;
}

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

sharedTest(
  "with MobileNetV2 for 160 pixels the mean on grocery10 equals Keras's, for both preprocessings",
  async () => {
    const own = await bestAccuracies(["grocery10"], ["--preprocess", "imagenet"], MOBILENET);
    assert.ok(Math.abs(mean(own) - kerasMobilenetMean("tf")) < 0.02, `${own}`);
    const scaled = await bestAccuracies(["grocery10"], ["--preprocess", "scale"], MOBILENET);
    assert.ok(Math.abs(mean(scaled) - kerasMobilenetMean("scale")) < 0.025, `${scaled}`);
  },
);

/**
 * Measures what bfloat16 costs in accuracy: the lesson's recipe on real images with a real pre-trained base, ten seeds.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDataSource } from "../../src/data/open.ts";
import { computesBfloat16, processorFeatures } from "../../src/engine/processor.ts";
import { FeatureAssembly } from "../../src/features/assembly.ts";
import { features } from "../../src/features/extraction.ts";
import { featureSource } from "../../src/training/batches.ts";
import { Control } from "../../src/training/control.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { train, type TrainingData } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import { squeezenetWeights } from "../features/goldens.ts";
import { specFor } from "../features/small_set.ts";
import { HAS_SHARED, needs, shared, withTemporaryFolder } from "../support.ts";
import { eventsOf, madeUpHead, madeUpOptions } from "./made_up.ts";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const cpuinfo = existsSync("/proc/cpuinfo") ? Deno.readTextFileSync("/proc/cpuinfo") : "";
const COMPUTES = computesBfloat16(processorFeatures(cpuinfo));

async function featuresIn(precision: "float32" | "bfloat16", cacheRoot: string): Promise<TrainingData> {
  const data = { kind: "npy", folder: shared("data", "grocery10"), name: "grocery10" } as const;
  const dataset = await openDataSource(data, 160);
  const assembly = new FeatureAssembly(dataset);
  const spec = await specFor(data, { size: 160, precision, weights: await squeezenetWeights() });
  for await (const batch of features({ spec, dataset, cacheRoot })) {
    assert.equal(batch.cached, false, "features of both precisions share a cache entry");
    assembly.add(batch);
  }
  dataset.close();
  const { train, validation } = await assembly.finish();
  return { train: featureSource(train), validation: featureSource(validation) };
}

/** Returns the mean over the seeds of a run's best validation accuracy, with the lesson's options. */
async function meanBest(data: TrainingData): Promise<number> {
  const { tf } = await tensorflowEngine();
  const layers = madeUpHead(data.train.shape[0] ?? 0, { classes: 10 });
  const steps = new GraphSteps(tf, { layers, weighted: false });
  let sum = 0;
  for (const seed of SEEDS) {
    const options = madeUpOptions({ seed, epochs: 30, learningRate: 0.001 });
    const asked = { ...options, earlyStopping: { ...options.earlyStopping, patience: 5 } };
    const events = await Array.fromAsync(train(steps, data, asked, new Control()));
    const accuracies = [...eventsOf(events, "end")[0]?.history.val_accuracy ?? []];
    sum += Math.max(...accuracies.map((accuracy) => accuracy ?? 0));
  }
  steps.dispose();
  return sum / SEEDS.length;
}

Deno.test({
  name: "in bfloat16 the mean best accuracy over ten seeds is within 0.01 of float32's, on grocery10 with SqueezeNet" +
    (COMPUTES ? "" : needs("AVX512_BF16 or AMX")),
  ignore: !COMPUTES || !HAS_SHARED,
  fn: async () => {
    await withTemporaryFolder(async (folder) => {
      const cacheRoot = join(folder, "cache");
      const float32 = await meanBest(await featuresIn("float32", cacheRoot));
      const bfloat16 = await meanBest(await featuresIn("bfloat16", cacheRoot));
      assert.ok(float32 > 0.8, `float32: ${float32}`);
      assert.ok(Math.abs(bfloat16 - float32) < 0.01, `float32 ${float32}, bfloat16 ${bfloat16}`);
    });
  },
});

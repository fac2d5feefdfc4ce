/** Trains the lesson's CNN from scratch on real images and compares the accuracy with Keras's. */
import assert from "node:assert/strict";
import { openDataSource } from "../../src/data/open.ts";
import { PixelSource } from "../../src/features/pixels/pixel_source.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { wholeModel } from "../../src/model/whole.ts";
import { Control } from "../../src/training/control.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { train } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import { KERAS_ACCURACIES } from "../photographs.ts";
import { shared, sharedTest } from "../support.ts";
import { eventsOf, madeUpOptions } from "./made_up.ts";

const SEEDS = [1, 2, 3];
/** The two-sided 99 % quantile of Student's t with ten degrees of freedom, for the eleven runs of Keras. */
const T_99 = 3.169;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Returns within what distance of Keras's mean the mean of `count` more runs of Keras would be, 99 times out of 100 (the
 * prediction interval of a normal distribution with unknown mean and deviation).
 */
function predictedWithin(kerasRuns: readonly number[], count: number): number {
  const middle = mean(kerasRuns);
  const variance = kerasRuns.reduce((sum, run) => sum + (run - middle) ** 2, 0) / (kerasRuns.length - 1);
  assert.equal(kerasRuns.length, 11, "T_99 is for eleven runs");
  return T_99 * Math.sqrt(variance * (1 / count + 1 / kerasRuns.length));
}

Deno.test(sharedTest(
  "lesson-cnn from scratch on grocery10: the mean best accuracy of three seeds is one that three runs of Keras would have",
  async () => {
    const { tf } = await tensorflowEngine();
    const dataset = await openDataSource({ kind: "npy", folder: shared("data", "grocery10"), name: "grocery10" }, 64);
    const parts = await Promise.all(
      [dataset.train, dataset.validation].map((part) => PixelSource.open(tf, part, { size: 64 })),
    );
    const [training, validation] = parts;
    assert.ok(training && validation);
    const model = {
      base: "lesson-cnn",
      size: 64,
      pooling: "max",
      classes: 10,
      inputHeight: 64,
      inputWidth: 64,
    } as const;
    const steps = new GraphSteps(tf, { layers: splitNetwork(wholeModel(model)).open, weighted: false });
    const bests: number[] = [];
    for (const seed of SEEDS) {
      const options = madeUpOptions({ seed, epochs: 20, learningRate: 0.001 });
      const data = { train: training, validation };
      const [end] = eventsOf(await Array.fromAsync(train(steps, data, options, new Control())), "end");
      bests.push(Math.max(...[...end?.history.val_accuracy ?? []].map((accuracy) => accuracy ?? 0)));
    }
    steps.dispose();
    dataset.close();
    const keras = KERAS_ACCURACIES["lesson-cnn"];
    const within = predictedWithin(keras, SEEDS.length);
    const found = `${bests.map((best) => best.toFixed(3)).join(", ")}; mean ${mean(bests).toFixed(3)}, ` +
      `Keras's ${mean(keras).toFixed(3)} ± ${within.toFixed(3)}`;
    console.log(`  best accuracies ${found}`);
    assert.ok(Math.abs(mean(bests) - mean(keras)) < within, found);
  },
));

/** Trains the lesson's CNN from scratch on real images and compares the accuracy with Keras's. */
import assert from "node:assert/strict";
import { z } from "zod";
import { openDataSource } from "../../src/data/open.ts";
import { PixelSource } from "../../src/features/pixels/pixel_source.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { wholeModel } from "../../src/model/whole.ts";
import { Control } from "../../src/training/control.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { train } from "../../src/training/train.ts";
import { tensorflowEngine } from "../engine.ts";
import { shared, sharedTest } from "../support.ts";
import { eventsOf, madeUpOptions } from "./made_up.ts";

/** The golden has Keras's best accuracy with three seeds, 0.353, 0.407 and 0.377; six more gave 0.340 to 0.523. */
const SEEDS = [1, 2, 3];
/** A run's best accuracy has a standard deviation of about 0.08, so that the mean of three has one of 0.045. */
const TOLERANCE = 0.1;

const goldenSchema = z.object({ scratch_cnn_dropout_best_last: z.array(z.tuple([z.number(), z.number()])) });

sharedTest(
  "lesson-cnn from scratch on grocery10: the mean best accuracy of three seeds is within 0.1 of Keras's",
  async () => {
    const golden = goldenSchema.parse(
      JSON.parse(Deno.readTextFileSync(shared("goldens", "squeezenet11_grocery10_keras.json"))),
    );
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
      bests.push(Math.max(...(end?.history.val_accuracy ?? []).map((accuracy) => accuracy ?? 0)));
    }
    steps.dispose();
    dataset.close();
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const kerasMean = mean(golden.scratch_cnn_dropout_best_last.map(([best]) => best));
    console.log(
      `  best accuracies ${bests.map((best) => best.toFixed(3)).join(", ")}; Keras's mean ${kerasMean.toFixed(3)}`,
    );
    assert.ok(Math.abs(mean(bests) - kerasMean) < TOLERANCE, `${bests}, Keras's mean ${kerasMean}`);
  },
);

import assert from "node:assert/strict";
import { z } from "zod";
import { rowsInMemory } from "../../src/features/rows/feature_set.ts";
import { at } from "../../src/at.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { byName, named, networkWeights, trainableNames } from "../../src/model/network_weights.ts";
import { featureSource } from "../../src/training/batches.ts";
import { EARLY_STOPPING_START } from "../../src/training/early_stopping.ts";
import { Control } from "../../src/training/control.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { eagerSteps } from "../../src/training/steps.ts";
import { EMPTY_HISTORY } from "../../src/training/history.ts";
import { zerosLike } from "../../src/training/initial_weights.ts";
import { FIGURE_NAMES } from "../../src/metrics.ts";
import { NO_SUMS, type TrainingSnapshot } from "../../src/training/snapshot.ts";
import { train, type TrainingEvent } from "../../src/training/train.ts";
import { tensorflowEngine, wasmEngine } from "../engine.ts";
import { eventsOf, madeUpOptions, stepsSpec } from "./made_up.ts";

const flat = z.union([z.array(z.number()), z.array(z.array(z.number()))]).transform((value) =>
  Float32Array.from(value.flat())
);
const golden = z.object({
  x: flat,
  y: z.array(z.number()),
  x_val: flat,
  y_val: z.array(z.number()),
  start: z.array(flat),
  end: z.array(flat),
  history: z.record(z.string(), z.array(z.number())),
}).parse(JSON.parse(Deno.readTextFileSync(new URL("../fixtures/head_trajectory.json", import.meta.url))));

const OPTIONS = madeUpOptions({
  epochs: 5,
  hidden: 50,
  classes: 10,
  dropout: 0,
  shuffle: false,
  learningRate: 0.001,
});
const SPEC = stepsSpec(OPTIONS, 24);
const NAMES = networkWeights(SPEC.layers).map(({ name }) => name);

/** Returns weights in Keras's order by their names. */
function byKeras(list: readonly Float32Array[]): TrainingSnapshot["weights"] {
  return byName(NAMES, (_, index) => at(list, index));
}

async function followsKeras(engine: Engine, make: typeof eagerSteps): Promise<void> {
  const weights = byKeras(golden.start);
  const zeros = () => zerosLike(byName(trainableNames(SPEC.layers), (name) => named(weights, name)));
  const start: TrainingSnapshot = {
    layers: SPEC.layers,
    seed: 1,
    epoch: 0,
    step: 0,
    sums: NO_SUMS,
    weights,
    optimizer: { step: 0, m: zeros(), v: zeros() },
    earlyStopping: EARLY_STOPPING_START,
    history: EMPTY_HISTORY,
    bestWeights: null,
  };
  const set = (features: Float32Array, labels: number[]) =>
    featureSource({ rows: rowsInMemory(features, 24), labels: Int32Array.from(labels) });
  const data = { train: set(golden.x, golden.y), validation: set(golden.x_val, golden.y_val) };
  const before = engine.tf.memory().numTensors;
  const events: TrainingEvent[] = [];
  const steps = make(engine.tf, SPEC);
  for await (const event of train(steps, data, OPTIONS, new Control(), start)) events.push(event);
  steps.dispose();
  assert.equal(engine.tf.memory().numTensors, before, "tensors were left behind");

  const last = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last");
  assert.ok(last);
  for (const key of FIGURE_NAMES) {
    const found: (number | null)[] = [...last.snapshot.history[key]];
    golden.history[key]?.forEach((value, epoch) => {
      assert.ok(Math.abs((found[epoch] ?? NaN) - value) <= 1e-5, `${key} of epoch ${epoch}: ${found[epoch]}, ${value}`);
    });
    assert.equal(found.length, golden.history[key]?.length);
  }
  for (const [name, expected] of Object.entries(byKeras(golden.end))) {
    const found = named(last.snapshot.weights, name);
    const difference = Math.max(...expected.map((value, place) => Math.abs(value - at(found, place))));
    assert.ok(difference <= 1e-5, `${name} differs by ${difference}`);
  }
}

const MET = "five epochs of the head meet Keras's history and weights within 1e-5";

Deno.test(`${MET} on tensorflow, op by op`, async () => {
  await followsKeras(await tensorflowEngine(), eagerSteps);
});

Deno.test(`${MET} on tensorflow, as a graph of several steps`, async () => {
  await followsKeras(await tensorflowEngine(), (tf, shape) => new GraphSteps(tf, shape));
});

Deno.test(`${MET} on wasm`, async () => {
  await followsKeras(await wasmEngine(), eagerSteps);
});

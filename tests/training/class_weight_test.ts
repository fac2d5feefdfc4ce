/** Compares class weights with Keras's `fit(class_weight=…)`, see fixtures/make_class_weight_trajectory.py. */
import assert from "node:assert/strict";
import { z } from "zod";
import { rowsInMemory } from "../../src/features/rows/feature_set.ts";
import { at } from "../../src/at.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { FIGURE_NAMES } from "../../src/metrics.ts";
import { featureSource } from "../../src/training/batches.ts";
import { balancedWeights, perClass } from "../../src/training/class_figures.ts";
import { Control } from "../../src/training/control.ts";
import { EARLY_STOPPING_START } from "../../src/training/early_stopping.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { eagerSteps } from "../../src/training/steps.ts";
import { byName, named, networkWeights, trainableNames } from "../../src/model/network_weights.ts";
import { zerosLike } from "../../src/training/initial_weights.ts";
import { EMPTY_HISTORY } from "../../src/training/history.ts";
import { NO_SUMS, type TrainingSnapshot } from "../../src/training/snapshot.ts";
import { train } from "../../src/training/train.ts";
import { tensorflowEngine, wasmEngine } from "../engine.ts";
import { eventsOf, MADE_UP, madeUpHead, madeUpOptions, stepsSpec } from "./made_up.ts";

const WIDTH = 12;
const CLASSES = 4;
const LAYERS = madeUpHead(WIDTH, { hidden: 16, dropout: 0, classes: CLASSES });

const flat = z.union([z.array(z.number()), z.array(z.array(z.number()))]).transform((value) =>
  Float32Array.from(value.flat())
);
const trajectory = z.object({ history: z.record(z.string(), z.array(z.number())), end: z.array(flat) });
const golden = z.object({
  x: flat,
  y: z.array(z.int()),
  x_val: flat,
  y_val: z.array(z.int()),
  start: z.array(flat),
  class_weight: z.array(z.number()),
  balanced: trajectory,
  none: trajectory,
}).parse(JSON.parse(Deno.readTextFileSync(new URL("../fixtures/class_weight_trajectory.json", import.meta.url))));

/** Returns weights in Keras's order by their names. */
function byKeras(list: readonly Float32Array[]): TrainingSnapshot["weights"] {
  return byName(networkWeights(LAYERS).map(({ name }) => name), (_, index) => at(list, index));
}

function set(features: Float32Array, labels: readonly number[]) {
  return featureSource({ rows: rowsInMemory(features, WIDTH), labels: Int32Array.from(labels) });
}

const DATA = { train: set(golden.x, golden.y), validation: set(golden.x_val, golden.y_val) };

function startOf(): TrainingSnapshot {
  const weights = byKeras(golden.start);
  const zeros = () => zerosLike(byName(trainableNames(LAYERS), (name) => named(weights, name)));
  return {
    ...{ layers: LAYERS, seed: 1, epoch: 0, step: 0, sums: NO_SUMS, weights, bestWeights: null },
    optimizer: { step: 0, m: zeros(), v: zeros() },
    earlyStopping: EARLY_STOPPING_START,
    history: EMPTY_HISTORY,
  };
}

async function followsKeras(engine: Engine, make: typeof eagerSteps, how: "balanced" | "none"): Promise<void> {
  const classWeights = how === "none" ? null : balancedWeights(perClass(DATA.train.labels, CLASSES));
  const options = madeUpOptions({ epochs: 5, dropout: 0, shuffle: false, classWeights });
  const before = engine.tf.memory().numTensors;
  const steps = make(engine.tf, stepsSpec(options, WIDTH));
  const events = await Array.fromAsync(train(steps, DATA, options, new Control(), startOf()));
  steps.dispose();
  assert.equal(engine.tf.memory().numTensors, before, "tensors were left behind");
  const last = eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last");
  assert.ok(last);
  for (const name of FIGURE_NAMES) {
    golden[how].history[name]?.forEach((value, epoch) => {
      const found = last.snapshot.history[name].at(epoch);
      assert.ok(Math.abs((found ?? NaN) - value) <= 1e-5, `${name} of epoch ${epoch + 1}: ${found}, Keras ${value}`);
    });
  }
  for (const [name, expected] of Object.entries(byKeras(golden[how].end))) {
    expected.forEach((value, place) => {
      const found = last.snapshot.weights[name]?.[place];
      assert.ok(Math.abs((found ?? NaN) - value) <= 1e-5, `${name}[${place}]: ${found}, Keras ${value}`);
    });
  }
}

const ENGINES = [
  ["on tensorflow, op by op", tensorflowEngine, eagerSteps],
  ["on tensorflow, as a graph of several steps", tensorflowEngine, (tf, shape) => new GraphSteps(tf, shape)],
  ["on wasm", wasmEngine, eagerSteps],
] as const satisfies readonly (readonly [string, () => Promise<Engine>, typeof eagerSteps])[];

for (const [where, engine, make] of ENGINES) {
  for (const how of ["balanced", "none"] as const) {
    Deno.test(`with class weight ${how} unequal classes match Keras's history and weights within 1e-5 ${where}`, async () =>
      await followsKeras(await engine(), make, how));
  }
}

Deno.test("balanced weights equal those given to Keras and change what the model learns", () => {
  const weights = balancedWeights(perClass(DATA.train.labels, CLASSES));
  weights.forEach((weight, label) => assert.ok(Math.abs(weight - (golden.class_weight[label] ?? NaN)) < 1e-12));
  const moved = golden.balanced.end.map((list, index) =>
    Math.max(...list.map((value, place) => Math.abs(value - (golden.none.end[index]?.[place] ?? NaN))))
  );
  assert.ok(Math.max(...moved) > 0.01, `${moved}`);
});

Deno.test("with class weights, steps run as a graph equal steps run op by op, bit for bit", async () => {
  const { tf } = await tensorflowEngine();
  const options = madeUpOptions({ classWeights: [0.5, 3, 1.25, 0.1] });
  const runs = [];
  for (const make of [eagerSteps, (...given: Parameters<typeof eagerSteps>) => new GraphSteps(...given)]) {
    const steps = make(tf, stepsSpec(options));
    const events = await Array.fromAsync(train(steps, MADE_UP, options, new Control()));
    steps.dispose();
    runs.push(eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last")?.snapshot);
  }
  assert.ok(runs[0]);
  assert.deepEqual(runs[1], runs[0]);
});

Deno.test("class weights of 1 give the same bits as no class weights", async () => {
  const { tf } = await tensorflowEngine();
  const ends = [];
  for (const classWeights of [null, [1, 1, 1, 1]]) {
    const options = madeUpOptions({ classWeights });
    const steps = eagerSteps(tf, stepsSpec(options));
    const events = await Array.fromAsync(train(steps, MADE_UP, options, new Control()));
    ends.push(eventsOf(events, "snapshot").findLast(({ kind }) => kind === "last")?.snapshot.weights);
  }
  assert.ok(ends[0]);
  assert.deepEqual(ends[1], ends[0]);
});

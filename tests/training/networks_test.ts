/** Compares training steps of several networks with Keras's, see fixtures/make_network_steps.py. */
import assert from "node:assert/strict";
import { z } from "zod";
import { at } from "../../src/at.ts";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { byName, named, networkWeights, trainableNames, type Weights } from "../../src/model/network_weights.ts";
import { adamAlpha } from "../../src/training/adam.ts";
import { GraphSteps } from "../../src/training/graph_steps.ts";
import { toArrays, toTensors, zerosLike } from "../../src/training/initial_weights.ts";
import { lossAndGradients } from "../../src/training/step.ts";
import { dropoutLayers, eagerSteps, inputShape, type Steps, type StepsSpec } from "../../src/training/steps.ts";
import { sizeOf } from "../../src/model/layers.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { wholeModel } from "../../src/model/whole.ts";
import { tensorflowEngine, wasmEngine } from "../engine.ts";
import { formulaWeights, hash } from "../model/formula_weights.ts";
import { madeUpHead } from "./made_up.ts";

/** The numbers with which the fixture's script makes its inputs. */
const [INPUT_STREAM, LABEL_STREAM, MASK_STREAM] = [1000, 2000, 3000];

const arrays = z.array(z.object({ stride: z.int(), values: z.array(z.number()), squares: z.number() }));
const steps = z.object({ losses: z.array(z.number()), gradients: arrays, weights: arrays });
const golden = z.object({
  batch: z.int(),
  learning_rate: z.number(),
  "deep head": steps,
  "linear head": steps,
  "lesson-cnn": steps,
  "lesson-cnn-plain": steps,
}).parse(JSON.parse(Deno.readTextFileSync(new URL("../fixtures/network_steps.json", import.meta.url))));

interface Case {
  readonly layers: readonly LayerSpec[];
  readonly classes: number;
}

const HEADS = {
  "deep head": {
    layers: madeUpHead(10, { head: "bn,dense:12:relu,dropout:0.3,bn,dense:8:tanh,dropout:0.25", classes: 4 }),
    classes: 4,
  },
  "linear head": { layers: madeUpHead(10, { head: "linear", classes: 4 }), classes: 4 },
} as const satisfies Record<string, Case>;

function fromScratch(base: "lesson-cnn" | "lesson-cnn-plain"): Case {
  const options = { base, size: 64, pooling: "max", classes: 10, inputHeight: 64, inputWidth: 64 } as const;
  return { layers: splitNetwork(wholeModel(options)).open, classes: 10 };
}

const CASES = {
  ...HEADS,
  "lesson-cnn": fromScratch("lesson-cnn"),
  "lesson-cnn-plain": fromScratch("lesson-cnn-plain"),
} as const satisfies Record<string, Case>;

type Name = keyof typeof CASES;

/** Returns the batch of a step as the script makes it. */
function batchOf({ layers, classes }: Case, step: number) {
  const { batch } = golden;
  const size = sizeOf(inputShape(layers));
  const input = Float32Array.from({ length: batch * size }, (_, index) => hash(index, INPUT_STREAM + step) % 256 / 255);
  const labels = Int32Array.from({ length: batch }, (_, index) => hash(index, LABEL_STREAM + step) % classes);
  const masks = dropoutLayers(layers).map(({ name, rate, units }, place) => {
    const kept = (_: unknown, index: number) =>
      hash(index, MASK_STREAM + step * 10 + place) % 100 < Math.round(rate * 100) ? 0 : 1 / (1 - rate);
    return [name, Float32Array.from({ length: batch * units }, kept)] as const;
  });
  return { input, labels, masks: Object.fromEntries(masks) };
}

function startOf(layers: readonly LayerSpec[]): Weights<Float32Array> {
  return Object.fromEntries(
    formulaWeights(layers).flatMap(({ name, weights }) =>
      weights.map((weight) => [`${name}/${weight.name}`, weight.data])
    ),
  );
}

/** Asserts that no value differs from Keras's by more than the tolerance, which may depend on the largest value. */
function assertNear(
  found: Weights<Float32Array>,
  expected: z.infer<typeof arrays>,
  names: readonly string[],
  tolerance: (largest: number) => number,
): void {
  assert.equal(names.length, expected.length);
  for (const [index, name] of names.entries()) {
    const all = named(found, name);
    const { stride, values, squares } = at(expected, index);
    const own = all.filter((_, place) => place % stride === 0);
    assert.equal(own.length, values.length, name);
    const largest = Math.max(...values.map(Math.abs));
    values.forEach((value, place) => {
      const difference = Math.abs(value - at(own, place));
      assert.ok(difference <= tolerance(largest), `${name}: differs by ${difference}, the largest is ${largest}`);
    });
    const sum = all.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(sum - squares) <= 1e-4 * squares, `${name}: sum of squares ${sum}, Keras ${squares}`);
  }
}

function assertGradients(tf: Tf, name: Name): void {
  const { layers, classes }: Case = CASES[name];
  const before = tf.memory().numTensors;
  const { input, labels, masks } = batchOf({ layers, classes }, 0);
  const trained = trainableNames(layers);
  const gradients = tf.tidy(() => {
    const shapes = new Map(dropoutLayers(layers).map(({ name, shape }) => [name, shape]));
    const batch = {
      input: tf.tensor(input, [golden.batch, ...inputShape(layers)]),
      labels: tf.tensor1d(labels, "int32"),
      masks: byName(
        Object.keys(masks),
        (name) => tf.tensor(named(masks, name), [golden.batch, ...shapes.get(name) ?? []]),
      ),
      sampleWeights: null,
    };
    const found = lossAndGradients(tf, layers, toTensors(tf, layers, startOf(layers)), trained, batch);
    return toArrays(found.gradients);
  });
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
  assertNear(gradients, golden[name].gradients, trained, (largest) => 1e-5 * largest);
}

function assertTrajectory(tf: Tf, name: Name, make: (tf: Tf, spec: StepsSpec) => Steps): void {
  const { layers, classes }: Case = CASES[name];
  const weights = startOf(layers);
  const zeros = zerosLike(byName(trainableNames(layers), (name) => named(weights, name)));
  const { losses, weights: expected } = golden[name];
  const batches = losses.map((_, step) => batchOf({ layers, classes }, step));
  const all = (arrays: readonly Float32Array[]) => Float32Array.from(arrays.flatMap((array) => Array.from(array)));
  const steps = make(tf, { layers, weighted: false });
  const { state, figures } = steps.run({
    weights: toTensors(tf, layers, weights),
    moments: { m: toTensors(tf, layers, zeros), v: toTensors(tf, layers, zeros) },
  }, {
    input: all(batches.map(({ input }) => input)),
    labels: Int32Array.from(batches.flatMap(({ labels }) => Array.from(labels))),
    steps: batches.map(({ masks }, step) => ({
      rows: new Int32Array(golden.batch),
      masks,
      sampleWeights: null,
      alpha: adamAlpha(step + 1, golden.learning_rate),
    })),
  });
  steps.dispose();
  const found = toArrays(state.weights);
  tf.dispose([state.weights, state.moments.m, state.moments.v]);
  figures.forEach(({ loss }, step) => {
    assert.ok(Math.abs(loss - at(losses, step)) <= 1e-5 * at(losses, step), `loss ${step}: ${loss}, ${losses[step]}`);
  });
  assertNear(found, expected, networkWeights(layers).map(({ name }) => name), () => 1e-5);
}

const NAMES = Object.keys(CASES) as Name[];
for (const name of NAMES) {
  for (const [where, engine] of [["tensorflow", tensorflowEngine], ["wasm", wasmEngine]] as const) {
    // WebAssembly lacks the gradient of a convolution's filters.
    if (where === "wasm" && !(name in HEADS)) continue;
    Deno.test(`${name}: the gradients with given masks are within 1e-5 of the largest of Keras's on ${where}`, async () =>
      assertGradients((await engine()).tf, name));
  }
  Deno.test(`${name}: three steps have Keras's losses, weights and moving statistics within 1e-5, op by op and as a graph`, async () => {
    const { tf } = await tensorflowEngine();
    assertTrajectory(tf, name, eagerSteps);
    assertTrajectory(tf, name, (...given) => new GraphSteps(...given));
  });
}

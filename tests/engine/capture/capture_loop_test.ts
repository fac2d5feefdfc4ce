import assert from "node:assert/strict";
import type { Tensor2D } from "@tensorflow/tfjs";
import type { InputSpec } from "../../../src/engine/tensorflow/capture/capture.ts";
import { captureLoop } from "../../../src/engine/tensorflow/capture/capture_loop.ts";
import type { Tf } from "../../../src/engine/engine.ts";
import { tensorflowEngine } from "../../engine.ts";
import { floats, numbers, take } from "./made_up.ts";

const STATE: InputSpec<Tensor2D> = { dtype: "float32", shape: [2, 3] };
const GIVEN: InputSpec<Tensor2D> = { dtype: "float32", shape: [2, 3] };

function step(tf: Tf, x: Tensor2D, given: Tensor2D) {
  const next = tf.tidy(() => x.mul(0.9).add<Tensor2D>(given.sin()));
  return { state: { x: next }, results: { sum: next.sum(), rows: tf.tidy(() => next.greater(0).any(1)) } };
}

Deno.test("a captured loop equals its step run repeatedly, bit for bit, for any number of steps", async () => {
  const { tf } = await tensorflowEngine();
  const before = tf.memory().numTensors;
  const loop = captureLoop(tf, "loop", ({ x }, { given }) => step(tf, x, given), {
    state: { x: STATE },
    step: { given: GIVEN },
  });
  const stack = numbers([7, 2, 3], 1);
  const first = floats<Tensor2D>(tf, [2, 3]);
  for (const count of [7, 1, 3, 0]) {
    const { state, results } = loop({ x: first }, { given: stack }, count);
    let x = first;
    const sums: number[] = [];
    const rows: number[] = [];
    for (let i = 0; i < count; i++) {
      const given = tf.tensor2d(stack.subarray(i * 6, i * 6 + 6), [2, 3]);
      const eager = step(tf, x, given);
      sums.push(...take(eager.results.sum).values);
      rows.push(...take(eager.results.rows).values);
      if (x !== first) x.dispose();
      given.dispose();
      x = eager.state.x;
    }
    assert.deepEqual(take(state.x).values, [...x.dataSync()]);
    assert.deepEqual(take(results.sum), { shape: [count], dtype: "float32", values: sums });
    assert.deepEqual(take(results.rows), { shape: [count, 2], dtype: "bool", values: rows });
    if (x !== first) x.dispose();
  }
  loop.dispose();
  first.dispose();
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("TensorFlow refuses more steps than there are rows instead of making up values", async () => {
  const { tf } = await tensorflowEngine();
  const loop = captureLoop(tf, "loop", ({ x }, { given }) => step(tf, x, given), {
    state: { x: STATE },
    step: { given: GIVEN },
  });
  assert.throws(() => loop({ x: numbers([2, 3]) }, { given: numbers([2, 2, 3]) }, 3), /is not in \[0, 2\)/);
  loop.dispose();
});

Deno.test("a step must return a state of the same structure as the one it received", async () => {
  const { tf } = await tensorflowEngine();
  const examples = { state: { x: STATE }, step: { given: GIVEN } };
  const grown = () => captureLoop(tf, "grown", ({ x }) => ({ state: { x: x.concat(x) }, results: { x } }), examples);
  const lost = () => captureLoop(tf, "lost", ({ x }) => ({ state: { y: x }, results: { x } }), examples);
  assert.throws(grown, /grown must return state.x with the shape and type that it gets/);
  assert.throws(lost, /lost gets the state state.x, so it must return the same tree, but returns state.y/);
});

import assert from "node:assert/strict";
import type { Tensor, Tensor1D, Tensor2D } from "@tensorflow/tfjs";
import { nodeBackend } from "../../../src/engine/tensorflow/node/binding.ts";
import { capture, CaptureError, type InputSpec } from "../../../src/engine/tensorflow/capture/capture.ts";
import type { Tf } from "../../../src/engine/engine.ts";
import { tensorflowEngine, wasmEngine } from "../../engine.ts";
import { floats, numbers, take } from "./made_up.ts";

const MATRIX: InputSpec<Tensor2D> = { dtype: "float32", shape: [2, 3] };

/** Returns the error of capturing `body` with a matrix and a list of whole numbers. Asserts that no tensor is left. */
async function refusal(body: (tf: Tf, x: Tensor2D, i: Tensor1D) => unknown): Promise<string> {
  const { tf } = await tensorflowEngine();
  const before = tf.memory().numTensors;
  const { random } = Math;
  const { binding } = nodeBackend(tf) ?? {};
  let message = "";
  assert.throws(
    () =>
      capture(tf, "it", ({ x, i }) => body(tf, x, i as Tensor1D) as Tensor, {
        x: MATRIX,
        i: { dtype: "int32", shape: [2] },
      }),
    (error) => {
      assert.ok(error instanceof CaptureError, String(error));
      message = error.message;
      return true;
    },
  );
  assert.equal(tf.memory().numTensors, before);
  assert.equal(Math.random, random);
  assert.equal(nodeBackend(tf)?.binding, binding);
  return message;
}

Deno.test("a captured function takes and returns trees of tensors by their names", async () => {
  const { tf } = await tensorflowEngine();
  const examples = { pair: [MATRIX, MATRIX], none: null, deep: { bias: { dtype: "float32", shape: [3] } } } as const;
  const f = capture(tf, "tree", ({ pair: [p, q], none, deep }) => {
    assert.equal(none, null);
    return { sum: p.add(q).add(deep.bias), rest: [p.sub(q)], none };
  }, examples);
  const [p, q, bias] = [floats(tf, [2, 3]), floats(tf, [2, 3], 1), floats(tf, [3], 2)];
  // The order of names does not matter.
  const { sum, rest: [difference], none } = f({ deep: { bias }, none: null, pair: [p, q] });
  assert.equal(none, null);
  assert.deepEqual(take(sum), take(tf.tidy(() => p.add(q).add(bias))));
  assert.deepEqual(difference && take(difference), take(p.sub(q)));
  f.dispose();
  tf.dispose([p, q, bias]);
});

Deno.test("values may be given without a tensor, and bytes become whole numbers", async () => {
  const { tf } = await tensorflowEngine();
  const f = capture(tf, "bytes", ({ bytes, scale }) => bytes.toFloat().div(scale), {
    bytes: { dtype: "uint8", shape: [2, 2] },
    scale: { dtype: "float32", shape: [] },
  });
  const before = tf.memory().numTensors;
  assert.deepEqual(take(f({ bytes: Uint8Array.of(0, 1, 200, 255), scale: Float32Array.of(2) })), {
    shape: [2, 2],
    dtype: "float32",
    values: [0, 0.5, 100, 127.5],
  });
  assert.equal(tf.memory().numTensors, before);
  f.dispose();
});

Deno.test("a returned input, an input given twice and a constant work as outputs", async () => {
  const { tf } = await tensorflowEngine();
  const x = floats<Tensor2D>(tf, [2, 3]);
  const f = capture(tf, "as it is", ({ a, b }) => [a, b, tf.scalar(7), a.clone()], { a: x, b: x });
  const y = floats<Tensor2D>(tf, [2, 3], 1);
  const [a, b, seven, clone] = f({ a: x, b: y }).map(take);
  assert.deepEqual(a?.values, [...numbers([2, 3])]);
  assert.deepEqual(b?.values, [...numbers([2, 3], 1)]);
  assert.deepEqual(seven?.values, [7]);
  assert.deepEqual(clone, a);
  f.dispose();
  tf.dispose([x, y]);
});

Deno.test("the graph holds the values of captured variables at the time of the capture", async () => {
  const { tf } = await tensorflowEngine();
  const weight = tf.variable(tf.scalar(2));
  const f = capture(tf, "closure", ({ x }) => x.mul(weight), { x: MATRIX });
  weight.assign(tf.scalar(100));
  const x = tf.ones([2, 3]);
  assert.deepEqual(take(f({ x })).values, [2, 2, 2, 2, 2, 2]);
  f.dispose();
  tf.dispose([x, weight]);
});

Deno.test("values that depend on no input may be read while capturing", async () => {
  const { tf } = await tensorflowEngine();
  const f = capture(tf, "reads a constant", ({ x }) => {
    const [factor] = tf.scalar(3).square().dataSync();
    return x.mul(factor ?? NaN);
  }, { x: MATRIX });
  const x = tf.ones([2, 3]);
  assert.equal(take(f({ x })).values[0], 9);
  f.dispose();
  x.dispose();
});

Deno.test("capturing frees intermediate tensors as the function does and leaves none", async () => {
  const { tf } = await tensorflowEngine();
  const before = tf.memory().numTensors;
  let most = 0;
  const f = capture(tf, "long", ({ x }) => {
    let y: Tensor = x;
    for (let i = 0; i < 50; i++) {
      const next = tf.tidy(() => y.mul(1.5).add(1).sin());
      if (y !== x) y.dispose();
      y = next;
      most = Math.max(most, tf.memory().numTensors - before);
    }
    return y;
  }, { x: MATRIX });
  assert.ok(most <= 3, `${most} tensors at once`);
  assert.equal(tf.memory().numTensors, before);
  f.dispose();
});

Deno.test("capture refuses a random op and says to draw outside", async () => {
  assert.match(await refusal((tf, x) => x.add(tf.randomNormal([2, 3]))), /it draws random numbers.*make them an input/);
  assert.match(await refusal((tf, x) => tf.dropout(x, 0.5)), /it draws random numbers/);
  assert.match(await refusal((tf, x) => tf.multinomial(x, 2, 1)), /it uses the random op Multinomial/);
});

Deno.test("capture refuses to read a value inside the function", async () => {
  const message = await refusal((_tf, x) => x.mul(x.sum().dataSync()[0] ?? 1));
  assert.match(message, /it reads a value that depends on its inputs \(the output of Sum_0\)/);
  assert.match(await refusal((tf, x, i) => (i.dataSync(), tf.neg(x))), /it reads a value/);
  assert.match(await refusal((_tf, x, i) => (i.dataSync(), x)), /it reads a value/);
});

Deno.test("a gather by an input does not count as reading it, although tfjs looks at the indices", async () => {
  const { tf } = await tensorflowEngine();
  const f = capture(tf, "gather", ({ x, i }) => tf.gather(x, i), { x: MATRIX, i: { dtype: "int32", shape: [4] } });
  const x = floats(tf, [2, 3]);
  assert.deepEqual(take(f({ x, i: Int32Array.of(1, 0, 1, 1) })).values.slice(0, 3), [...numbers([2, 3])].slice(3));
  assert.throws(() => f({ x, i: Int32Array.of(1, 0, 9, 1) }), /9 is not in \[0, 2\)/);
  f.dispose();
  x.dispose();
});

Deno.test("capture refuses promises, strings, an empty result and a nested capture", async () => {
  assert.match(await refusal((_tf, x) => Promise.resolve(x)), /it is asynchronous/);
  assert.match(await refusal((tf, x) => [x, tf.tensor(["a"])]), /a string/);
  assert.match(await refusal(() => []), /it returns no tensor/);
  assert.match(await refusal((tf) => capture(tf, "inner", ({ x }) => x, { x: MATRIX })({ x: tf.ones([2, 3]) })), /it /);
});

Deno.test("a wrong input is reported with both shapes", async () => {
  const { tf } = await tensorflowEngine();
  const f = capture(tf, "f", ({ x }) => x.neg(), { x: MATRIX });
  const wrong = tf.ones([3, 2]);
  assert.throws(() => f({ x: wrong }), /f: input x must be float32 of \[2×3\], but got a float32 tensor of \[3×2\]/);
  assert.throws(() => f({ x: new Float32Array(5) }), /input x must be float32 of \[2×3\], but got 5 values/);
  assert.throws(() => f({ x: new Int32Array(6) }), /but got a Int32Array/);
  assert.throws(() => f({ y: wrong } as never), /f takes x, but got y/);
  f.dispose();
  f.dispose();
  assert.throws(() => f({ x: new Float32Array(6) }), /f was called after it was disposed/);
  wrong.dispose();
});

Deno.test("only TensorFlow can capture, and other engines say so in an error", async () => {
  const { tf } = await wasmEngine();
  await tf.setBackend("wasm");
  assert.throws(
    () => capture(tf, "f", ({ x }) => x, { x: MATRIX }),
    /the wasm engine cannot capture f, only tensorflow can/,
  );
  await tensorflowEngine();
});

/**
 * Runs the ops that Headlight uses on both engines. TensorFlow is the reference, and wasm may differ by rounding only.
 */
import assert from "node:assert/strict";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../../src/engine/engine.ts";
import { tensorflowEngine, wasmEngine } from "../engine.ts";

/**
 * Returns numbers without a pattern, the same on every engine. They are computed, because a random generator is not
 * what this tests.
 */
function numbers(count: number, phase = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 12.9898 + phase) * 1.7));
}

function image(tf: Tf, shape: [number, number, number, number]): Tensor4D {
  return tf.tensor4d(numbers(shape[0] * shape[1] * shape[2] * shape[3]), shape);
}

function matrix(tf: Tf, rows: number, columns: number, phase = 0): Tensor2D {
  return tf.tensor2d(numbers(rows * columns, phase), [rows, columns]);
}

function column(tf: Tf, count: number, phase: number): Tensor1D {
  return tf.tensor1d(numbers(count, phase));
}

const X: [number, number, number, number] = [2, 9, 11, 3];

/** The last argument of resizeBilinear stands for half-pixel centres. */
const KERNELS: Readonly<Record<string, (tf: Tf) => Tensor>> = {
  "conv2d, same, stride 2": (tf) => tf.conv2d(image(tf, X), image(tf, [3, 3, 3, 5]), 2, "same"),
  "conv2d, valid, 7×7": (tf) => tf.conv2d(image(tf, X), image(tf, [7, 7, 3, 4]), 1, "valid"),
  "conv2d, 1×1": (tf) => tf.conv2d(image(tf, X), image(tf, [1, 1, 3, 8]), 1, "valid"),
  "pad": (tf) => tf.pad(image(tf, X), [[0, 0], [3, 3], [1, 2], [0, 0]]),
  "pad with a value": (tf) => tf.pad(image(tf, X), [[0, 0], [1, 1], [1, 1], [0, 0]], -2),
  "maxPool, valid": (tf) => tf.maxPool(image(tf, X), 3, 2, "valid"),
  "maxPool, same": (tf) => tf.maxPool(image(tf, X), 3, 2, "same"),
  "avgPool": (tf) => tf.avgPool(image(tf, X), 2, 2, "valid"),
  "avgPool, same": (tf) => tf.avgPool(image(tf, X), 3, 2, "same"),
  "batchNorm, fused": (tf) =>
    tf.batchNorm4d(
      image(tf, X),
      column(tf, 3, 1),
      column(tf, 3, 2).abs(),
      column(tf, 3, 3),
      column(tf, 3, 4),
      1.001e-5,
    ),
  "batchNorm, 2-D": (tf) =>
    tf.batchNorm2d(
      matrix(tf, 4, 6),
      column(tf, 6, 1),
      column(tf, 6, 2).abs(),
      column(tf, 6, 3),
      column(tf, 6, 4),
      1e-3,
    ),
  "concat of channels": (tf) => tf.concat([image(tf, X), image(tf, [2, 9, 11, 4])], 3),
  "relu": (tf) => tf.relu(image(tf, X)),
  "global max": (tf) => tf.max(image(tf, X), [1, 2]),
  "global mean": (tf) => tf.mean(image(tf, X), [1, 2]),
  "resizeBilinear up, half-pixel": (tf) => tf.image.resizeBilinear(image(tf, X), [20, 17], false, true),
  "resizeBilinear down, half-pixel": (tf) => tf.image.resizeBilinear(image(tf, X), [4, 5], false, true),
  "resizeBilinear, one row": (tf) => tf.image.resizeBilinear(image(tf, X), [1, 11], false, true),
  "gather of rows": (tf) => tf.gather(matrix(tf, 7, 5), tf.tensor1d([6, 0, 3, 3], "int32")),
  "matMul": (tf) => tf.matMul(matrix(tf, 4, 33), matrix(tf, 33, 10, 1)),
  "matMul, transposed": (tf) => tf.matMul(matrix(tf, 33, 4), matrix(tf, 10, 33, 1), true, true),
  "softmax": (tf) => tf.softmax(matrix(tf, 5, 10)),
  "logSoftmax": (tf) => tf.logSoftmax(tf.mul(matrix(tf, 5, 10), 40)),
  "oneHot": (tf) => tf.oneHot(tf.tensor1d([3, 0, 9], "int32"), 10),
  "argMax": (tf) => tf.argMax(matrix(tf, 5, 10), 1),
  "equal, cast, sum": (tf) =>
    tf.sum(tf.cast(tf.equal(tf.argMax(matrix(tf, 9, 3), 1), tf.zeros([9], "int32")), "int32")),
  "rsqrt, sqrt, pow, square": (tf) => {
    const x = tf.add(tf.abs(matrix(tf, 4, 6)), 0.1);
    return tf.stack([tf.rsqrt(x), tf.sqrt(x), tf.pow(x, 1.5), tf.square(x)]);
  },
  "moments": (tf) => {
    const { mean, variance } = tf.moments(matrix(tf, 8, 6), 0);
    return tf.stack([mean, variance]);
  },
  "isFinite of a sum": (tf) => tf.isFinite(tf.sum(matrix(tf, 8, 6))),
  "uint8 values as float, standardized": (tf) => {
    const pixels = tf.tensor4d(Float32Array.from({ length: 594 }, (_, i) => (i * 37) % 256), X);
    return tf.div(tf.sub(tf.div(pixels, 255), [0.485, 0.456, 0.406]), [0.229, 0.224, 0.225]);
  },
  "channels reversed, means subtracted": (tf) =>
    tf.sub(tf.reverse(tf.mul(image(tf, X), 100), 3), [103.939, 116.779, 123.68]),
};

interface Values {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

function evaluate(tf: Tf, backend: string, body: (tf: Tf) => Tensor): Values {
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const tensor = body(tf);
    return { shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] };
  });
  assert.equal(tf.getBackend(), backend);
  assert.equal(tf.memory().numTensors, before);
  return result;
}

/** Runs `body` on each of the two engines, which share one tfjs. */
async function onBoth(body: (tf: Tf) => Tensor): Promise<{ reference: Values; wasm: Values }> {
  const { tf } = await tensorflowEngine();
  await wasmEngine();
  await tf.setBackend("tensorflow");
  const reference = evaluate(tf, "tensorflow", body);
  await tf.setBackend("wasm");
  const wasm = evaluate(tf, "wasm", body);
  await tf.setBackend("tensorflow");
  return { reference, wasm };
}

function assertClose({ reference, wasm }: { reference: Values; wasm: Values }, tolerance: number): void {
  assert.deepEqual([wasm.shape, wasm.dtype], [reference.shape, reference.dtype]);
  const scale = Math.max(1, ...reference.values.map(Math.abs));
  const worst = Math.max(...reference.values.map((value, i) => Math.abs(value - (wasm.values[i] ?? NaN))));
  assert(worst <= tolerance * scale, `largest difference ${worst}, largest value ${scale}`);
}

for (const [name, body] of Object.entries(KERNELS)) {
  Deno.test(`wasm computes ${name} as TensorFlow does`, async () => assertClose(await onBoth(body), 1e-5));
}

Deno.test("on wasm a training step's loss and gradients equal TensorFlow's within 1e-4", async () => {
  assertClose(await onBoth(trainingStep), 1e-4);
});

/** Returns the loss and all gradients of batch norm, dense, dropout, dense and softmax cross-entropy in sequence. */
function trainingStep(tf: Tf): Tensor {
  const features = matrix(tf, 8, 12);
  const labels = tf.tensor1d([0, 1, 2, 3, 3, 2, 1, 0], "int32");
  const mask = tf.tensor2d(Float32Array.from({ length: 40 }, (_, i) => i % 2 ? 2 : 0), [8, 5]);
  const loss = (gamma: Tensor, beta: Tensor, kernel: Tensor, bias: Tensor, output: Tensor, outputBias: Tensor) => {
    const { mean, variance } = tf.moments(features, 0);
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, 0.001)));
    const normalized = tf.add(tf.mul(tf.sub(features, mean), scale), beta);
    const hidden = tf.mul(tf.relu(tf.add(tf.matMul(normalized, kernel), bias)), mask);
    const logits = tf.add(tf.matMul(hidden, output), outputBias);
    const chosen = tf.mul(tf.oneHot(labels, 4).cast("float32"), tf.logSoftmax(logits));
    return tf.neg(tf.mean(tf.sum(chosen, 1))).asScalar();
  };
  const { value, grads } = tf.valueAndGrads(loss)([
    column(tf, 12, 1),
    column(tf, 12, 2),
    matrix(tf, 12, 5, 3),
    column(tf, 5, 4),
    matrix(tf, 5, 4, 5),
    column(tf, 4, 6),
  ]);
  return tf.concat([value.reshape([1]), ...grads.map((gradient) => gradient.flatten())]);
}

Deno.test("wasm uses SIMD", async () => {
  const { tf } = await wasmEngine();
  assert.equal(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"), true);
  await tf.setBackend("tensorflow");
});

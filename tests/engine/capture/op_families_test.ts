/** Checks for each family of ops that captured code gives the same bits as eager execution. */
import assert from "node:assert/strict";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { capture } from "../../../src/engine/tensorflow/capture/capture.ts";
import type { Tf } from "../../../src/engine/engine.ts";
import { tensorflowEngine } from "../../engine.ts";
import { type Content, floats, take } from "./made_up.ts";

interface Inputs {
  /** Shape 2×9×11×3. */
  readonly x: Tensor4D;
  /** Shape 6×8. */
  readonly a: Tensor2D;
  /** Shape 8×5. */
  readonly b: Tensor2D;
  /** 6 values of 0…4. */
  readonly i: Tensor1D;
  /** 3 values. */
  readonly c: Tensor1D;
}

type Body = (tf: Tf, inputs: Inputs) => Tensor | Tensor[];

const FAMILIES: Readonly<Record<string, Body>> = {
  "arithmetic with broadcasting": (_tf, { x, c }) => [x.add(c), x.sub(c), x.mul(c), x.div(c.abs().add(1)), x.neg()],
  "remainders, powers, extremes": (tf, { a }) => [
    tf.mod(a, 0.7),
    tf.floorDiv(a.mul(10).toInt(), tf.scalar(3, "int32")),
    tf.pow(a.abs(), 1.5),
    tf.maximum(a, 0.1),
    tf.minimum(a, 0.1),
    tf.squaredDifference(a, 0.5),
    tf.divNoNan(a, tf.relu(a)),
    tf.atan2(a, a.square()),
  ],
  "exponentials and roots": (_tf, { a }) => {
    const positive = a.abs().add(0.1);
    return [
      a.exp(),
      a.expm1(),
      positive.log(),
      positive.log1p(),
      positive.sqrt(),
      positive.rsqrt(),
      positive.reciprocal(),
    ];
  },
  "trigonometry": (
    _tf,
    { a },
  ) => [a.sin(), a.cos(), a.tan(), a.tanh(), a.sinh(), a.cosh(), a.atan(), a.asinh(), a.erf()],
  "rounding": (_tf, { a }) => [a.floor(), a.ceil(), a.round(), a.sign(), a.abs(), a.step()],
  "activations": (tf, { a }) => [
    tf.relu(a),
    tf.relu6(a.mul(9)),
    tf.elu(a),
    tf.selu(a),
    tf.leakyRelu(a, 0.2),
    tf.prelu(a, floats<Tensor2D>(tf, [6, 8], 4)),
    tf.sigmoid(a),
    tf.softplus(a),
    tf.logSoftmax(a.mul(20)),
    tf.clipByValue(a, -0.5, 0.5),
  ],
  "comparisons and logic": (tf, { a }) => {
    const b = a.reverse(1);
    const less = a.less(b);
    return [
      less,
      a.lessEqual(b),
      a.greater(b),
      a.greaterEqual(b),
      a.equal(a.round()),
      a.notEqual(a.round()),
      tf.logicalAnd(less, a.greater(0)),
      tf.logicalOr(less, a.greater(0)),
      tf.logicalNot(less),
      tf.where(less, a, b),
      tf.isFinite(a.div(0)),
      tf.isNaN(a.sub(a).div(0)),
    ];
  },
  "casts": (_tf, { a }) => [a.toInt(), a.toInt().toFloat(), a.toBool(), a.toFloat(), a.toBool().toInt()],
  "matrix products": (tf, { a, b }) => [
    tf.matMul(a, b),
    tf.matMul(b, a, true, true),
    tf.matMul(a.expandDims(0), b.expandDims(0)),
    tf.dot(a, b),
    tf.einsum("ij,jk->ki", a, b),
    tf.fused.matMul({ a, b, activation: "relu" }),
  ],
  "reductions": (tf, { x, a }) => [
    x.sum(),
    x.sum([1, 2]),
    x.mean(0),
    x.max([1, 2]),
    x.min(3),
    a.prod(1),
    a.argMax(1),
    a.argMin(0),
    a.logSumExp(1),
    a.greater(0).any(1),
    a.greater(-9).all(),
    tf.cumsum(a, 1),
    tf.cumprod(a, 0, true),
    tf.norm(a),
    tf.moments(a, 0).mean,
    tf.moments(a, 0).variance,
  ],
  "shapes": (tf, { x, a }) => [
    x.reshape([6, 99]),
    x.flatten(),
    a.expandDims(1),
    a.expandDims(1).squeeze(),
    a.transpose(),
    x.transpose([0, 3, 1, 2]),
    a.tile([2, 1]),
    tf.broadcastTo(a.mean(0), [6, 8]),
    tf.zerosLike(a),
    tf.onesLike(a),
  ],
  "slicing and concatenation": (tf, { a }) => [
    a.slice([1, 2], [3, 4]),
    tf.stridedSlice(a, [0, 1], [6, 8], [2, 3]),
    tf.concat([a, a.neg()], 1),
    tf.stack([a, a.neg()]),
    ...tf.unstack(a, 0),
    ...tf.split(a, 2, 1),
    ...tf.split(a, [3, 5], 1),
    tf.pad(a, [[1, 0], [2, 3]], -2),
    tf.mirrorPad(a, [[1, 1], [1, 1]], "reflect"),
    tf.reverse(a, 1),
  ],
  "places": (tf, { a, i }) => [
    tf.gather(a, i),
    tf.gather(a, i, 1),
    tf.gatherND(a, tf.stack([i, i], 1)),
    tf.scatterND(i.expandDims(1), a, [6, 8]),
    tf.oneHot(i, 5),
    tf.topk(a, 3).values,
    tf.topk(a, 3).indices,
    tf.unsortedSegmentSum(a, i, 5),
    tf.bincount(i, tf.tensor1d([]), 5),
  ],
  "convolutions": (tf, { x }) => {
    const kernel = floats<Tensor4D>(tf, [3, 3, 3, 4], 1);
    return [
      tf.conv2d(x, kernel, 1, "same"),
      tf.conv2d(x, kernel, 2, "valid"),
      tf.conv2d(x, kernel, 1, "same", "NHWC", 2),
      tf.depthwiseConv2d(x, floats<Tensor4D>(tf, [3, 3, 3, 2], 2), 1, "valid"),
      tf.separableConv2d(x, floats<Tensor4D>(tf, [3, 3, 3, 2], 2), floats<Tensor4D>(tf, [1, 1, 6, 4], 3), 1, "same"),
      tf.conv2dTranspose(x, floats<Tensor4D>(tf, [3, 3, 4, 3], 4), [2, 18, 22, 4], 2, "same"),
      tf.fused.conv2d({ x, filter: kernel, strides: 1, pad: "same", bias: floats(tf, [4], 5), activation: "relu" }),
    ];
  },
  "pooling": (tf, { x }) => [
    tf.maxPool(x, 3, 2, "valid"),
    tf.maxPool(x, 2, 2, "same"),
    tf.avgPool(x, 2, 2, "valid"),
    tf.avgPool(x, 3, 1, "same"),
  ],
  "batch normalization": (tf, { x, a, c }) => [
    tf.batchNorm4d(x, c, c.abs(), c.neg(), c, 1e-3),
    tf.batchNorm2d(a, a.mean<Tensor1D>(0), a.square().mean<Tensor1D>(0), undefined, undefined, 1e-3),
    tf.localResponseNormalization(x),
  ],
  "images": (tf, { x }) => [
    tf.image.resizeBilinear(x, [20, 17], false, true),
    tf.image.resizeBilinear(x, [4, 5], true),
    tf.image.resizeNearestNeighbor(x, [20, 17]),
    tf.image.flipLeftRight(x),
    tf.image.cropAndResize(x, tf.tensor2d([[0.1, 0.1, 0.9, 0.8]]), tf.tensor1d([1], "int32"), [4, 4]),
  ],
  "gradients": (tf, { x, a, b }) => [
    tf.grad((y: Tensor) => tf.maxPool(y as Tensor4D, 2, 2, "same").square().sum())(x),
    tf.grad((y: Tensor) => tf.conv2d(y as Tensor4D, floats<Tensor4D>(tf, [3, 3, 3, 4]), 1, "same").square().sum())(x),
    tf.grad((kernel: Tensor) => tf.conv2d(x, kernel as Tensor4D, 1, "same").square().sum())(floats(tf, [3, 3, 3, 4])),
    ...tf.grads((p: Tensor, q: Tensor) => tf.logSoftmax(tf.matMul(p as Tensor2D, q as Tensor2D)).sum())([a, b]),
  ],
};

/**
 * Families that TensorFlow computes differently in a graph than op by op. oneDNN has a softmax for graphs only (with
 * TF_ENABLE_ONEDNN_OPTS=0 the bits are equal), and the optimizer multiplies constant factors with each other first.
 */
const ROUNDED_OTHERWISE: Readonly<Record<string, Body>> = {
  "softmax": (tf, { a }) => tf.softmax(a),
  "gradients of several layers": (tf, { x, c }) => {
    const loss = (kernel: Tensor, bias: Tensor): Tensor => {
      const seen = tf.maxPool(
        tf.relu(tf.add(tf.conv2d(x, kernel as Tensor4D, 1, "same"), bias)) as Tensor4D,
        2,
        2,
        "same",
      );
      return tf.sum(tf.square(tf.mean(seen, [1, 2])));
    };
    const { value, grads } = tf.valueAndGrads((...args: Tensor[]) => loss(args[0] ?? x, args[1] ?? c).asScalar())([
      floats(tf, [3, 3, 3, 4], 1),
      floats(tf, [4], 2),
    ]);
    return [value, ...grads];
  },
};

for (const [family, body] of Object.entries(FAMILIES)) {
  Deno.test(`captured code equals eager execution bit for bit: ${family}`, async () => {
    const { eager, captured } = await bothWays(family, body);
    assert.deepEqual(captured, eager);
    assert.ok(eager.some(({ values }) => values.some((value) => value !== 0 && value !== values[0])), "all the same");
  });
}

for (const [family, body] of Object.entries(ROUNDED_OTHERWISE)) {
  Deno.test(`captured code equals eager execution within 1e-6 of the largest value: ${family}`, async () => {
    const { eager, captured } = await bothWays(family, body);
    for (const [index, { shape, dtype, values }] of captured.entries()) {
      const reference = eager[index];
      assert.deepEqual([shape, dtype], [reference?.shape, reference?.dtype]);
      const largest = Math.max(...values.map(Math.abs));
      const worst = Math.max(...values.map((value, place) => Math.abs(value - (reference?.values[place] ?? NaN))));
      assert.ok(worst <= 1e-6 * largest, `${worst} of ${largest}`);
    }
  });
}

/**
 * Runs the function eagerly and captured. Captures it with zeros as example values, so that none of the real values can
 * be stored in the graph.
 */
async function bothWays(family: string, body: Body): Promise<{ eager: Content[]; captured: Content[] }> {
  const { tf } = await tensorflowEngine();
  const before = tf.memory().numTensors;
  const inputs: Inputs = {
    x: floats(tf, [2, 9, 11, 3]),
    a: floats(tf, [6, 8], 1),
    b: floats(tf, [8, 5], 2),
    i: tf.tensor1d([4, 0, 2, 2, 1, 3], "int32"),
    c: floats(tf, [3], 3),
  };
  const zeros: Inputs = {
    x: tf.zerosLike(inputs.x),
    a: tf.zerosLike(inputs.a),
    b: tf.zerosLike(inputs.b),
    i: tf.zerosLike(inputs.i),
    c: tf.zerosLike(inputs.c),
  };
  const list = (given: Inputs): Tensor[] => [body(tf, given)].flat();
  const captured = capture(tf, family, list, { ...zeros });
  try {
    return { eager: tf.tidy(() => list(inputs)).map(take), captured: captured({ ...inputs }).map(take) };
  } finally {
    captured.dispose();
    tf.dispose([...Object.values(inputs), ...Object.values(zeros)]);
    assert.equal(tf.memory().numTensors, before);
  }
}

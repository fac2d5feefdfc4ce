import assert from "node:assert/strict";
import type { Tensor4D } from "@tensorflow/tfjs";
import { forward } from "../../src/model/forward.ts";
import { named, type Weights } from "../../src/model/network_weights.ts";
import { initialWeights, toTensors } from "../../src/training/initial_weights.ts";
import { stream } from "../../src/training/random.ts";
import { tensorflowEngine } from "../engine.ts";
import { madeUpHead } from "../training/made_up.ts";
import { madeUpPixels, scratchSpec, SIDE } from "../training/made_up_pixels.ts";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";

const { tf } = await tensorflowEngine();

/** Returns initial weights with biases that are not 0. */
function weightsWithBias(layers: Parameters<typeof initialWeights>[0]): Weights<Float32Array> {
  const random = stream(3, "biases");
  const weights = initialWeights(layers, 2);
  for (const [name, values] of Object.entries(weights)) {
    if (name.endsWith("/bias")) values.forEach((_, place) => values[place] = uniformFloat32(random) - 0.5);
  }
  return weights;
}

Deno.test("a convolution's bias and relu after its pooling have the bits that they have before it", async () => {
  const { layers } = scratchSpec("lesson-cnn-plain");
  const end = layers.findIndex(({ type }) => type === "MaxPooling2D");
  const [, convolution] = layers;
  assert.equal(convolution?.name, "conv2d");
  const rows = await madeUpPixels(9, 1).gather(Int32Array.from({ length: 9 }, (_, row) => row));
  tf.tidy(() => {
    const weights = toTensors(tf, layers, weightsWithBias(layers));
    const input: Tensor4D = tf.tensor4d(rows, [9, SIDE, SIDE, 3]);
    const outputs = ([{ masks: {} }, "inference"] as const).map((mode) =>
      forward(tf, layers.slice(0, end + 1), weights, input, mode).output
    );
    const kernel = named(weights, "conv2d/kernel") as Tensor4D;
    const convolved = tf.add(tf.conv2d(input, kernel, 1, "valid"), named(weights, "conv2d/bias"));
    const expected = tf.maxPool(tf.relu(convolved) as Tensor4D, 2, 2, "valid");
    for (const output of outputs) {
      assert.deepEqual(output.shape, expected.shape);
      assert.deepEqual(output.dataSync(), expected.dataSync());
    }
  });
});

Deno.test("inference, too, adds a convolution's bias where the pooling has left a quarter of the values", async () => {
  const { layers } = scratchSpec("lesson-cnn-plain");
  const rows = await madeUpPixels(2, 1).gather(Int32Array.of(0, 1));
  const { kernels } = await tf.profile(() =>
    tf.tidy(() =>
      forward(
        tf,
        layers,
        toTensors(tf, layers, initialWeights(layers, 2)),
        tf.tensor4d(rows, [2, SIDE, SIDE, 3]),
        "inference",
      )
        .output
    )
  );
  const added = kernels.find(({ name }) => name === "Add");
  assert.deepEqual(added?.outputShapes[0], [2, (SIDE - 2) / 2, (SIDE - 2) / 2, 50]);
});

Deno.test("dropout multiplies by its mask in training and does nothing in inference", () => {
  const layers = madeUpHead(3, { head: "dropout:0.5", classes: 2 });
  tf.tidy(() => {
    const weights = toTensors(tf, layers, initialWeights(layers, 2));
    const input = tf.tensor2d([[1, 2, 3]]);
    const kernel = named(weights, "dense/kernel");
    const masks = { dropout: tf.tensor2d([[2, 0, 2]]) };
    const kept = tf.matMul(tf.tensor2d([[2, 0, 6]]), kernel as typeof input);
    assert.deepEqual(forward(tf, layers, weights, input, { masks }).output.dataSync(), kept.dataSync());
    const all = tf.matMul(input, kernel as typeof input);
    assert.deepEqual(forward(tf, layers, weights, input, "inference").output.dataSync(), all.dataSync());
  });
});

Deno.test("batch normalization takes the batch's statistics in training and the moving ones in inference", () => {
  const layers = madeUpHead(1, { head: "bn", classes: 1 }).slice(0, 2);
  tf.tidy(() => {
    const weights = toTensors(tf, layers, initialWeights(layers, 2));
    const input = tf.tensor2d([[1], [3]]);
    const { output, moving } = forward(tf, layers, weights, input, { masks: {} });
    const deviation = Math.sqrt(1 + 0.001);
    [...output.dataSync()].forEach((value, row) => assert.ok(Math.abs(value - (row * 2 - 1) / deviation) < 1e-6));
    assert.ok(Math.abs((moving["batch_normalization/moving_mean"]?.dataSync()[0] ?? NaN) - 0.02) < 1e-6);
    assert.ok(Math.abs((moving["batch_normalization/moving_variance"]?.dataSync()[0] ?? NaN) - 1) < 1e-6);
    const inference = forward(tf, layers, weights, input, "inference");
    assert.deepEqual(inference.moving, {});
    [...inference.output.dataSync()].forEach((value, row) => {
      assert.ok(Math.abs(value - (row * 2 + 1) / deviation) < 1e-6, String(value));
    });
  });
});

import assert from "node:assert/strict";
import type { ImageBatch } from "../../../src/data/dataset/dataset.ts";
import { pixelsToInput, type Preprocessing } from "../../../src/features/base/preprocess.ts";
import { tensorflowEngine } from "../../engine.ts";
import { largestDifference } from "../goldens.ts";
import { PREPROCESSED } from "../preprocessed.ts";

const { tf } = await tensorflowEngine();

/** Returns the input as numbers. Asserts its shape and that no tensor is left behind. */
function inputOf(batch: ImageBatch, how: Preprocessing): Float32Array {
  const before = tf.memory().numTensors;
  const input = pixelsToInput(tf, batch, how);
  assert.equal(tf.memory().numTensors, before + 1, "tensors were left behind");
  assert.deepEqual(input.shape, [batch.count, how.size, how.size, 3]);
  const data = Float32Array.from(input.dataSync());
  input.dispose();
  return data;
}

for (const { name, batch, how, expected, within } of PREPROCESSED) {
  Deno.test(`an image is resized, padded and preprocessed as by Keras: ${name}`, () => {
    assert.ok(largestDifference(inputOf(batch, how), expected) < within);
  });
}

const OWN = { size: 160, preprocess: "imagenet" } as const;

Deno.test("caffe preprocessing puts blue first and subtracts each channel's mean", () => {
  const pixels = Uint8Array.of(10, 20, 30);
  const [blue, green, red] = inputOf({ count: 1, height: 1, width: 1, pixels }, { ...OWN, size: 1, own: "caffe" });
  assert.deepEqual([blue, green, red], [30 - 103.939, 20 - 116.779, 10 - 123.68].map(Math.fround));
});

Deno.test("uint8 and float32 pixels of equal value give equal input", () => {
  const batch = { count: 1, height: 2, width: 3, pixels: Uint8Array.from({ length: 18 }, (_, index) => index * 14) };
  const how = { size: 8, preprocess: "scale", own: "torch" } as const;
  assert.deepEqual(inputOf({ ...batch, pixels: Float32Array.from(batch.pixels) }, how), inputOf(batch, how));
});

Deno.test("the tf mode scales pixels to -1…1, without reordering the channels", () => {
  const pixels = Uint8Array.of(0, 51, 255);
  const input = inputOf({ count: 1, height: 1, width: 1, pixels }, { ...OWN, size: 1, own: "tf" });
  assert.ok(largestDifference(Float32Array.from(input), Float32Array.of(-1, -0.6, 1)) < 1e-6);
});

Deno.test("a base that preprocesses inside gets pixels of 0…255, for scale as for imagenet", () => {
  const images = { count: 1, height: 1, width: 1, pixels: Uint8Array.of(0, 51, 255) };
  for (const preprocess of ["scale", "imagenet"] as const) {
    assert.deepEqual([...inputOf(images, { preprocess, size: 1, own: "inside" })], [0, 51, 255]);
  }
});

import assert from "node:assert/strict";
import { padGeometry } from "../../../src/data/pad_geometry.ts";
import { resizeInto } from "../../../src/data/pictures/resize.ts";
import { resizeWithPad } from "../../../src/features/resize.ts";
import { tensorflowEngine } from "../../engine.ts";

const { tf } = await tensorflowEngine();

for (
  const [height, width] of [[348, 348], [64, 64], [160, 160], [40, 64], [512, 384], [3, 500], [7, 5], [
    1000,
    1,
  ]] as const
) {
  Deno.test(`a picture of ${height}×${width} is resized and padded as TensorFlow does it`, () => {
    const size = 160;
    try {
      padGeometry(height, width, size);
    } catch {
      return;
    }
    const pixels = Uint8Array.from(
      { length: height * width * 3 },
      (_, index) => (index * index * 31 + index * 7) % 256,
    );
    const into = new Float32Array(size * size * 3);
    resizeInto(into, { height, width, pixels }, size);
    const before = tf.memory().numTensors;
    const expected = tf.tidy(() =>
      resizeWithPad(tf, tf.tensor4d(pixels, [1, height, width, 3], "float32"), size).dataSync()
    );
    const largest = into.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? NaN))), 0);
    console.log(largest, into.filter((value, index) => value !== expected[index]).length);
    assert.ok(largest < 1e-5 * 255, `${largest}`);
    assert.equal(tf.memory().numTensors, before);
  });
}

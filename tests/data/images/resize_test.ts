import assert from "node:assert/strict";
import { resizeAntialiasedInto, resizeInto } from "../../../src/data/images/resize.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { resizeWithPad } from "../../../src/features/base/resize.ts";
import { tensorflowEngine } from "../../engine.ts";

const { tf } = await tensorflowEngine();

/** The largest allowed difference for pixels of 0…255. The measured difference here is none, bit for bit. */
const TOLERANCE = 255 * 1e-5;
const SIZE = 160;

for (const [height, width] of [[348, 348], [64, 64], [160, 160], [40, 64], [512, 384], [7, 5], [150, 1]] as const) {
  Deno.test(`an image of ${height}×${width} is resized and padded as in TensorFlow`, () => {
    const pixels = Uint8Array.from(
      { length: height * width * 3 },
      (_, index) => (index * index * 31 + index * 7) % 256,
    );
    const into = new Float32Array(SIZE * SIZE * 3);
    resizeInto(into, { height, width, pixels }, SIZE);
    const before = tf.memory().numTensors;
    const expected = tf.tidy(() =>
      resizeWithPad(tf, tf.tensor4d(pixels, [1, height, width, 3], "float32"), SIZE).dataSync()
    );
    const largest = into.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? NaN))), 0);
    assert.ok(largest < TOLERANCE, `${largest}`);
    assert.ok(into.some((value) => value > 0));
    assert.equal(tf.memory().numTensors, before);
  });
}

Deno.test("an image too thin to leave any pixel is refused", () => {
  const image = { height: 3, width: 500, pixels: new Uint8Array(4500) };
  assert.throws(() => resizeInto(new Float32Array(SIZE * SIZE * 3), image, SIZE), HeadlightError);
});

Deno.test("antialiasing takes every pixel into account, where bilinear sampling sees one in four", async () => {
  // Fine stripes: at a quarter of the size only their mean is left.
  const pixels = Uint8Array.from({ length: 640 * 320 * 3 }, (_, index) => (Math.floor(index / 3) % 4 === 0 ? 255 : 0));
  const image = { height: 320, width: 640, pixels };
  const smooth = new Float32Array(SIZE * SIZE * 3);
  await resizeAntialiasedInto(smooth, image, SIZE);
  const plain = new Float32Array(SIZE * SIZE * 3);
  resizeInto(plain, image, SIZE);
  const row = SIZE / 2;
  const middle = smooth.subarray(row * SIZE * 3 + 30, (row + 1) * SIZE * 3 - 30);
  assert.ok(middle.every((value) => Math.abs(value - 255 / 4) < 24), `${middle.slice(0, 6)}`);
  assert.ok(plain.subarray(row * SIZE * 3 + 30, row * SIZE * 3 + 60).every((value) => value === 0));
  // Both images are in the same place, with black above and below.
  assert.ok(smooth.subarray(0, 39 * SIZE * 3).every((value) => value === 0));
});

Deno.test("a number of pixels that does not match the image's size is an internal error, not drawn black", () => {
  for (const length of [0, 11, 13]) {
    const image = { width: 2, height: 2, pixels: new Uint8Array(length) };
    assert.throws(() => resizeInto(new Float32Array(4 * 4 * 3), image, 4), RangeError, `${length}`);
  }
  const whole = { width: 2, height: 2, pixels: new Uint8Array(12) };
  assert.throws(() => resizeInto(new Float32Array(47), whole, 4), RangeError);
});

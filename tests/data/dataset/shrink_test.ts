import assert from "node:assert/strict";
import { shrink } from "../../../src/data/dataset/shrink.ts";

/** Returns an image with these grey values. */
function grey(width: number, values: readonly number[]) {
  return { width, height: values.length / width, pixels: values.flatMap((value) => [value, value, value]) };
}

function greysOf({ pixels }: { pixels: Uint8Array }): number[] {
  return [...pixels].filter((_, index) => index % 3 === 0);
}

Deno.test("a new pixel is the mean of the area that it covers", () => {
  const small = shrink(grey(4, [0, 10, 100, 100, 20, 30, 100, 200, 1, 1, 1, 1, 1, 1, 1, 1]), 2);
  assert.deepEqual([small.width, small.height], [2, 2]);
  assert.deepEqual(greysOf(small), [15, 125, 1, 1]);
});

Deno.test("a pixel shared by two new ones counts in both in proportion", () => {
  const small = shrink(grey(3, [0, 90, 180, 0, 90, 180, 0, 90, 180]), 2);
  assert.deepEqual(greysOf(small), [30, 150, 30, 150]);
});

Deno.test("proportions are kept, and a small image is not enlarged", () => {
  const wide = shrink({ width: 64, height: 16, pixels: new Uint8Array(64 * 16 * 3) }, 24);
  assert.deepEqual([wide.width, wide.height, wide.pixels.length], [24, 6, 24 * 6 * 3]);
  assert.deepEqual(greysOf(shrink(grey(2, [1, 2, 3, 4]), 24)), [1, 2, 3, 4]);
  assert.equal(shrink({ width: 500, height: 1, pixels: new Uint8Array(1500) }, 24).height, 1);
});

Deno.test("channels are kept separate, and floats outside a byte's range are clamped and rounded", () => {
  const { pixels } = shrink({ width: 1, height: 1, pixels: Float32Array.of(-4, 12.6, 300) }, 24);
  assert.deepEqual([...pixels], [0, 13, 255]);
});

Deno.test("a number of pixels that does not match the image's size is an internal error, not drawn black", () => {
  for (const length of [0, 11, 13, 15]) {
    assert.throws(() => shrink({ width: 2, height: 2, pixels: new Uint8Array(length) }, 2), RangeError, `${length}`);
  }
});

import assert from "node:assert/strict";
import { arraySet, digestOf } from "../../src/data/array_set.ts";
import type { ImageBatch } from "../../src/data/dataset.ts";

/** 2 × 4 × 3 pixels of 0, 1, 2 … */
function pictures(changed: Partial<ImageBatch> = {}): ImageBatch {
  return { count: 1, height: 2, width: 4, pixels: Uint8Array.from({ length: 24 }, (_, index) => index), ...changed };
}

const changedPictures: Record<string, Partial<ImageBatch>> = {
  "a pixel that differs": { pixels: pictures().pixels.with(23, 99) },
  "the same bytes as wider pictures": { height: 1, width: 8 },
  "the same bytes as more pictures": { count: 2, height: 1 },
  "the same bytes as another dtype": { pixels: new Float32Array(pictures().pixels.buffer) },
};

for (const [what, changed] of Object.entries(changedPictures)) {
  Deno.test(`${what}: another digest`, () => assert.notEqual(digestOf(pictures(changed)), digestOf(pictures())));
}

Deno.test("the digest is of the pictures alone, wherever they lie in memory", () => {
  const larger = new Uint8Array(100);
  larger.set(pictures().pixels, 50);
  assert.equal(digestOf(pictures({ pixels: larger.subarray(50, 74) })), digestOf(pictures()));
});

Deno.test("a part gives the digest that reading gives, and refuses a range that is not its own", async () => {
  const part = arraySet(new Int32Array(3), (from, to) => pictures({ count: to - from, pixels: new Uint8Array(24) }));
  assert.equal(await part.digest(0, 2), (await part.read(0, 2)).digest);
  for (const [from, to] of [[-1, 2], [0, 4], [2, 1]] as const) {
    await assert.rejects(part.read(from, to), RangeError);
    await assert.rejects(part.digest(from, to), RangeError);
  }
});

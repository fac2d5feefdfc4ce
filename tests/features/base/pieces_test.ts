import assert from "node:assert/strict";
import { padBatch } from "../../../src/features/base/pieces.ts";

Deno.test("a short batch is filled up with black images, and a full one is left as it is", () => {
  const short = { count: 1, height: 1, width: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const padded = padBatch(short, 3);
  assert.deepEqual(padded, { ...short, count: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, ...new Array(12).fill(0)) });
  assert.equal(padBatch(short, 1), short);
  const floats = padBatch({ ...short, pixels: Float32Array.from(short.pixels) }, 2).pixels;
  assert.ok(floats instanceof Float32Array);
});

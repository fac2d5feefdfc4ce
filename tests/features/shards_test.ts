import assert from "node:assert/strict";
import { padBatch, shardRanges } from "../../src/features/shards.ts";

Deno.test("shards follow each other without gaps, training part first, the last of a part short", () => {
  const ranges = shardRanges({ train: { count: 70 }, validation: { count: 32 } }, 32);
  assert.deepEqual(ranges, [
    { part: "train", from: 0, to: 32 },
    { part: "train", from: 32, to: 64 },
    { part: "train", from: 64, to: 70 },
    { part: "validation", from: 0, to: 32 },
  ]);
});

Deno.test("a short batch is filled up with black pictures, a full one is left as it is", () => {
  const short = { count: 1, height: 1, width: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const padded = padBatch(short, 3);
  assert.deepEqual(padded, { ...short, count: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, ...new Array(12).fill(0)) });
  assert.equal(padBatch(short, 1), short);
  const floats = padBatch({ ...short, pixels: Float32Array.from(short.pixels) }, 2).pixels;
  assert.ok(floats instanceof Float32Array);
});

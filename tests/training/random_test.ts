import assert from "node:assert/strict";
import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { fillMask, stream } from "../../src/training/random.ts";

Deno.test("a dropout mask drops a unit where a uniform number is below the rate, and scales the others", () => {
  for (const rate of [0.5, 0.8, 0.3, 1e-7, 0.25, 1 - 2 ** -24]) {
    const random = stream(2, "dropout", 3, 4);
    const expected = Float32Array.from({ length: 5000 }, () => uniformFloat32(random) < rate ? 0 : 1 / (1 - rate));
    const mask = new Float32Array(5000).fill(NaN);
    fillMask(mask, rate, stream(2, "dropout", 3, 4));
    assert.deepEqual(mask, expected, `rate ${rate}`);
  }
});

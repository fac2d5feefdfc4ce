import assert from "node:assert/strict";
import { cachedText } from "../../src/run/extract_phase.ts";

Deno.test("what the cache had of the features counts only images that can be decoded", () => {
  assert.equal(cachedText(0, 21, 21), null);
  assert.equal(cachedText(0, 16, 21), null);
  assert.equal(cachedText(21, 21, 21), "The features of all 21 images were already in the cache.");
  assert.equal(cachedText(3, 21, 21), "The features of 3 of 21 images were already in the cache.");
  assert.equal(
    cachedText(16, 16, 21),
    "The features of all 16 images that can be decoded were already in the cache.",
  );
  assert.equal(
    cachedText(3, 16, 21),
    "The features of 3 of 16 images that can be decoded were already in the cache.",
  );
});

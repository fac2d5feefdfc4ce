import assert from "node:assert/strict";
import type { ImageBatch } from "../../src/data/dataset.ts";
import { type ExtractionRecipe, shardKey } from "../../src/features/shard_key.ts";

const RECIPE: ExtractionRecipe = {
  base: "densenet121",
  weights: { sha256: "aa".repeat(32) },
  pooling: "max",
  size: 160,
  preprocess: "scale",
  precision: "float32",
  engine: { kind: "tensorflow", version: "2.21.0" },
  batchSize: 32,
};

/** 2 × 4 × 3 pixels of 0, 1, 2 … */
function pictures(changed: Partial<ImageBatch> = {}): ImageBatch {
  return { count: 1, height: 2, width: 4, pixels: Uint8Array.from({ length: 24 }, (_, index) => index), ...changed };
}

const changedRecipes: Record<string, Partial<ExtractionRecipe>> = {
  base: { base: "squeezenet11" },
  "weights file": { weights: { sha256: "ab".repeat(32) } },
  pooling: { pooling: "avg" },
  size: { size: 96 },
  preprocessing: { preprocess: "imagenet" },
  precision: { precision: "bfloat16" },
  "engine kind": { engine: { kind: "wasm", version: "2.21.0" } },
  "engine version": { engine: { kind: "tensorflow", version: "2.20.0" } },
  "batch size": { batchSize: 16 },
};

for (const [what, changed] of Object.entries(changedRecipes)) {
  Deno.test(`another ${what} has another key`, () => {
    assert.notEqual(shardKey({ ...RECIPE, ...changed }, pictures()), shardKey(RECIPE, pictures()));
  });
}

const onePixelOff = pictures().pixels.with(23, 99);
const changedPictures: Record<string, Partial<ImageBatch>> = {
  "a pixel that differs": { pixels: onePixelOff },
  "the same bytes as wider pictures": { height: 1, width: 8 },
  "the same bytes as more pictures": { count: 2, height: 1 },
  "the same bytes as another dtype": { pixels: new Float32Array(pictures().pixels.buffer) },
};

for (const [what, changed] of Object.entries(changedPictures)) {
  Deno.test(`${what}: another key`, () => {
    assert.notEqual(shardKey(RECIPE, pictures(changed)), shardKey(RECIPE, pictures()));
  });
}

Deno.test("equal inputs have one key, wherever weights and engine lie and however the object is put together", () => {
  const moved = {
    ...Object.fromEntries(Object.entries(RECIPE).reverse()),
    ...RECIPE,
    weights: { path: "/elsewhere.h5", sha256: RECIPE.weights.sha256 },
    engine: { addon: "/elsewhere.node", version: "2.21.0", kind: "tensorflow" },
  };
  const larger = new Uint8Array(100);
  larger.set(pictures().pixels, 50);
  const view = pictures({ pixels: larger.subarray(50, 74) });
  assert.equal(shardKey(moved, view), shardKey(RECIPE, pictures()));
  assert.match(shardKey(RECIPE, pictures()), /^[0-9a-f]{64}$/);
});

import assert from "node:assert/strict";
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

const DIGEST = "ef".repeat(32);

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
    assert.notEqual(shardKey({ ...RECIPE, ...changed }, DIGEST), shardKey(RECIPE, DIGEST));
  });
}

Deno.test("other pictures: another key", () => {
  assert.notEqual(shardKey(RECIPE, "ee".repeat(32)), shardKey(RECIPE, DIGEST));
});

Deno.test("equal inputs have one key, wherever weights and engine lie and however the object is put together", () => {
  const moved = {
    ...Object.fromEntries(Object.entries(RECIPE).reverse()),
    ...RECIPE,
    weights: { path: "/elsewhere.h5", sha256: RECIPE.weights.sha256 },
    engine: { addon: "/elsewhere.node", version: "2.21.0", kind: "tensorflow" },
  };
  assert.equal(shardKey(moved, DIGEST), shardKey(RECIPE, DIGEST));
  assert.match(shardKey(RECIPE, DIGEST), /^[0-9a-f]{64}$/);
});

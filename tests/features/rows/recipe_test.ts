import assert from "node:assert/strict";
import type { BaseSpec } from "../../../src/features/base/spec.ts";
import { recipeHash } from "../../../src/features/rows/recipe.ts";

const RECIPE: BaseSpec = {
  base: "densenet121",
  weights: { path: "/weights.h5", sha256: "aa".repeat(32) },
  pooling: "max",
  size: 160,
  preprocess: "scale",
  precision: "float32",
  engine: { kind: "tensorflow", version: "2.21.0", device: "cpu" },
  batchSize: 32,
};

const changedRecipes: Record<string, Partial<BaseSpec>> = {
  base: { base: "squeezenet11" },
  "weights file": { weights: { path: "/weights.h5", sha256: "ab".repeat(32) } },
  pooling: { pooling: "avg" },
  size: { size: 96 },
  preprocessing: { preprocess: "imagenet" },
  precision: { precision: "bfloat16" },
  "engine kind": { engine: { ...RECIPE.engine, kind: "wasm" } },
  "engine version": { engine: { ...RECIPE.engine, version: "2.20.0" } },
  "device class": { engine: { ...RECIPE.engine, device: "gpu" } },
  "batch size": { batchSize: 16 },
};

for (const [what, changed] of Object.entries(changedRecipes)) {
  Deno.test(`a different ${what} has a different hash`, () => {
    assert.notEqual(recipeHash({ ...RECIPE, ...changed }), recipeHash(RECIPE));
  });
}

Deno.test("equal recipes have the same hash, whatever the paths of weights and engine and the order of keys", () => {
  const moved = {
    ...Object.fromEntries(Object.entries(RECIPE).reverse()),
    ...RECIPE,
    weights: { path: "/elsewhere.h5", sha256: RECIPE.weights.sha256 },
    engine: { addon: "/elsewhere.node", version: "2.21.0", device: "cpu", kind: "tensorflow" } as const,
  };
  assert.equal(recipeHash(moved), recipeHash(RECIPE));
  assert.match(recipeHash(RECIPE), /^[0-9a-f]{64}$/);
});

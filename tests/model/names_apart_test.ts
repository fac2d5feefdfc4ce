import assert from "node:assert/strict";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { namesApart } from "../../src/model/names_apart.ts";

function layer(name: string): LayerSpec {
  return { name, type: "Flatten", inputs: [], trainable: false };
}

Deno.test("a layer with a taken name gets one that no other layer has", () => {
  const layers = ["input_layer", "base_input_layer", "lambda", "dense"].map(layer);
  const renamed = namesApart(layers, ["input_layer", "lambda"]);
  assert.deepEqual(layers.map(({ name }) => renamed(name)), [
    "base_input_layer_",
    "base_input_layer",
    "base_lambda",
    "dense",
  ]);
});

import assert from "node:assert/strict";
import type { LayerSpec } from "../../src/bases/layer_spec.ts";
import { foldReversals } from "../../src/export/fold_reversal.ts";
import { tensorflowEngine } from "../engine.ts";
import { assertNear } from "../model/features.ts";
import { madeUpModel } from "./made_up_model.ts";
import { madeUpPixels, ownProbabilities } from "./models.ts";

for (const name of ["squeezenet11", "resnet50", "vgg16"] as const) {
  Deno.test(`${name} gives the same probabilities without the reversal of its channels`, async () => {
    const { tf } = await tensorflowEngine();
    const model = madeUpModel(name, 64);
    const folded = { ...model, ...foldReversals(model) };
    const types = (layers: readonly LayerSpec[]) => layers.map(({ type }) => type);
    assert.ok(types(model.layers).includes("ReverseChannels"));
    assert.deepEqual(types(folded.layers), types(model.layers).filter((type) => type !== "ReverseChannels"));
    const pixels = madeUpPixels(3, 64);
    assertNear(ownProbabilities(tf, folded, pixels, 3), ownProbabilities(tf, model, pixels, 3), 1e-5);
  });
}

Deno.test("a reversal stays if two layers use it, or a layer that mixes places before the convolution", () => {
  const model = madeUpModel("squeezenet11", 64);
  const reversal = model.layers.find(({ type }) => type === "ReverseChannels")?.name ?? "";
  const second: LayerSpec = { name: "second", type: "Flatten", inputs: [reversal], trainable: false };
  const twice = { ...model, layers: [...model.layers, second] };
  assert.equal(foldReversals(twice), twice);
  const dense = {
    weights: [],
    layers: [
      { name: "in", type: "InputLayer", inputs: [], trainable: false, shape: [4, 4, 3] },
      { name: "bgr", type: "ReverseChannels", inputs: ["in"], trainable: false },
      { name: "flat", type: "Flatten", inputs: ["bgr"], trainable: false },
    ] satisfies LayerSpec[],
  };
  assert.equal(foldReversals(dense), dense);
});

import assert from "node:assert/strict";
import { lastActivation, upToLogits } from "../../src/model/logits.ts";
import type { KerasLayer, KerasModel } from "../../src/model/keras_config/flatten.ts";
import type { LayerKind } from "../../src/bases/layer_spec.ts";

function layer(name: string, input: string, kind: LayerKind): KerasLayer {
  const place = { layer: name, group: name, nested: false, trainable: true, path: name };
  return { name, className: kind.type, inputs: [input], reading: { kind }, place };
}

function model(...kinds: readonly LayerKind[]): KerasModel {
  const layers = kinds.map((kind, index) => layer(`l${index + 1}`, index === 0 ? "in" : `l${index}`, kind));
  return { name: "m", layers, input: "in", inputShape: [8, 8, 3], output: `l${kinds.length}`, nested: new Map() };
}

const POOLED: LayerKind = { type: "GlobalMaxPooling2D" };

Deno.test("the logits of a Dense layer with a softmax or a sigmoid are its output without that", () => {
  for (const activation of ["softmax", "sigmoid"] as const) {
    const whole = model(POOLED, { type: "Dense", units: 3, activation });
    assert.equal(lastActivation(whole), activation);
    const { layers, output } = upToLogits(whole);
    assert.equal(output, "l2");
    assert.deepEqual(layers.map(({ reading }) => reading), [{ kind: POOLED }, {
      kind: { type: "Dense", units: 3, activation: "linear" },
    }]);
  }
});

Deno.test("the logits before a softmax layer are the output of the layer before it", () => {
  const whole = model(POOLED, { type: "Activation", activation: "softmax" });
  const { layers, output } = upToLogits(whole);
  assert.deepEqual([output, layers.map(({ name }) => name)], ["l1", ["l1"]]);
  assert.equal(lastActivation(whole), "softmax");
});

Deno.test("a model that ends with anything else stays as it is", () => {
  for (
    const whole of [
      model(POOLED),
      model(POOLED, { type: "Dense", units: 3, activation: "linear" }),
      model(POOLED, { type: "Dense", units: 3, activation: "relu" }),
    ]
  ) assert.equal(upToLogits(whole), whole);
});

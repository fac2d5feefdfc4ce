import assert from "node:assert/strict";
import { ACTIVATIONS, type LayerType } from "../../src/bases/layer_spec.ts";
import { LAYER_TYPES } from "../../src/model/kinds/kinds.ts";
import { tensorflowEngine } from "../engine.ts";
import { assertKind, kerasKinds } from "./kinds.ts";

Deno.test("each kind of layer computes what Keras's layer computes on tensorflow", async (t) => {
  const { tf } = await tensorflowEngine();
  for (const keras of kerasKinds) await t.step(JSON.stringify(keras.spec), () => assertKind(tf, keras));
});

Deno.test("every kind of layer and every activation is compared with Keras's", () => {
  const compared = new Set<string>(kerasKinds.map(({ spec }) => spec.type));
  const notComputed: LayerType[] = ["InputLayer", "Lambda"];
  assert.deepEqual([...compared, ...notComputed].toSorted(), LAYER_TYPES.toSorted());
  const activations = kerasKinds.flatMap(({ spec }) => spec.type === "Activation" ? [spec.activation] : []);
  assert.deepEqual(activations.toSorted(), ACTIVATIONS.toSorted());
});

import { tensorflowEngine } from "../engine.ts";
import { assertBaseFeatures } from "./base_features.ts";
import { kerasBases } from "./bases_fixture.ts";
import { TOLERANCE } from "./features.ts";

for (const keras of kerasBases) {
  const name = keras.published ? `${keras.base} with its published layers` : keras.base;
  Deno.test(`${name} computes Keras's features for formula weights on tensorflow`, async () => {
    const { tf } = await tensorflowEngine();
    await assertBaseFeatures(tf, keras, TOLERANCE.tensorflow);
  });
}

import { wasmEngine } from "../engine.ts";
import { assertKind, kerasKinds } from "./kinds.ts";

Deno.test("each kind of layer computes what Keras's layer computes on wasm", async (t) => {
  const { tf } = await wasmEngine();
  for (const keras of kerasKinds) await t.step(JSON.stringify(keras.spec), () => assertKind(tf, keras));
});

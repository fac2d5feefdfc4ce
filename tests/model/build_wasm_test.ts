import { wasmEngine } from "../engine.ts";
import { assertParityFeatures, assertPublishedFeatures, TOLERANCE } from "./features.ts";

Deno.test("both bases compute Keras's features for files in the published layouts on wasm", async () => {
  const { tf } = await wasmEngine();
  await assertPublishedFeatures(tf, TOLERANCE.wasm);
});

Deno.test("both bases compute Keras's features for formula weights and demo images on wasm", async () => {
  const { tf } = await wasmEngine();
  await assertParityFeatures(tf, TOLERANCE.wasm);
});

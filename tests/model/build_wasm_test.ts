import { wasmEngine } from "../engine.ts";
import { sharedTest } from "../support.ts";
import { assertGoldenFeatures, assertParityFeatures, TOLERANCE } from "./features.ts";

sharedTest("both bases compute Keras's features for the goldens' weights on wasm", async () => {
  const { tf } = await wasmEngine();
  await assertGoldenFeatures(tf, TOLERANCE.wasm);
});

Deno.test("both bases compute Keras's features for formula weights and demo images on wasm", async () => {
  const { tf } = await wasmEngine();
  await assertParityFeatures(tf, TOLERANCE.wasm);
});

import assert from "node:assert/strict";
import { bases } from "../../src/bases/bases.ts";
import { openEagerBase } from "../../src/features/base/eager.ts";
import { pixelsToInput } from "../../src/features/base/preprocess.ts";
import { wasmEngine } from "../engine.ts";
import { parityImages } from "../model/formula_weights.ts";
import { parity } from "../model/parity_fixture.ts";
import { EXPECTED, publishedFile, publishedImages } from "../model/published_files.ts";
import { KERAS_FEATURES } from "../photographs.ts";
import { sharedTest } from "../support.ts";
import { assertRowsStandAlone } from "./arrangements.ts";
import { largestDifference, mobilenetWeights, photographs, relativeDifference, squeezenetWeights } from "./goldens.ts";
import { madeUpWeights, weightsIn } from "./made_up.ts";
import { PREPROCESSED } from "./preprocessed.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf } = await wasmEngine();
/** A small batch, because wasm is slow. That bits depend on the batch size does not matter at this tolerance. */
const BATCH = 8;

for (const { name, batch, how, expected, within } of PREPROCESSED) {
  Deno.test(`on wasm too an image is resized, padded and preprocessed as Keras does it: ${name}`, () => {
    const input = pixelsToInput(tf, batch, how);
    assert.ok(largestDifference(Float32Array.from(input.dataSync()), expected) < within);
    input.dispose();
  });
}

/** Files with made-up weights, and Keras's features of them. */
const PUBLISHED = [
  { base: "squeezenet11", preprocess: "imagenet", expected: EXPECTED.squeezenet11.caffe },
  { base: "densenet121", preprocess: "scale", expected: EXPECTED.densenet121.scale },
  { base: "mobilenet_v2", preprocess: "imagenet", expected: EXPECTED.mobilenet_v2.features },
] as const;

for (const { base, preprocess, expected } of PUBLISHED) {
  Deno.test(`on wasm too ${bases[base].displayName}'s features of a file in its published layout equal Keras's`, async () => {
    const weights = await weightsIn(publishedFile(`${base}.h5`));
    const spec = await specFor(DEMO, { base, preprocess, size: 160, batchSize: BATCH, weights });
    const before = tf.memory().numTensors;
    const frozen = await openEagerBase(tf, spec);
    const { features } = await frozen.features(await publishedImages());
    assert.ok(relativeDifference(features, expected) < 1e-3);
    frozen.dispose();
    assert.equal(tf.memory().numTensors, before, "tensors were left behind");
  });
}

Deno.test(
  sharedTest("on wasm too SqueezeNet's features of its real weights and photographs equal Keras's", async () => {
    const spec = await specFor(DEMO, { size: 160, batchSize: BATCH, weights: await squeezenetWeights() });
    const base = await openEagerBase(tf, spec);
    const { features } = await base.features(photographs());
    assert.ok(relativeDifference(features, KERAS_FEATURES.squeezenet11.caffe) < 1e-3);
    base.dispose();
  }),
);

Deno.test(sharedTest("on wasm too MobileNetV2's features of real weights and photographs equal Keras's", async () => {
  const weights = await mobilenetWeights();
  const changed = { base: "mobilenet_v2", preprocess: "imagenet", size: 160, batchSize: BATCH, weights } as const;
  const base = await openEagerBase(tf, await specFor(DEMO, changed));
  const { features } = await base.features(photographs());
  assert.ok(relativeDifference(features, KERAS_FEATURES.mobilenet_v2.tf) < 1e-4);
  base.dispose();
}));

for (const { base, pooling, features } of parity.bases) {
  Deno.test(`on wasm too ${bases[base].displayName}'s features of made-up weights and images are Keras's`, async () => {
    const changed = { base, pooling, preprocess: "scale", weights: await madeUpWeights(base) } as const;
    const frozen = await openEagerBase(tf, await specFor(DEMO, { size: 160, batchSize: BATCH, ...changed }));
    const found = await frozen.features(await parityImages());
    assert.ok(relativeDifference(found.features, features) < 1e-3);
    frozen.dispose();
  });
}

for (const base of ["squeezenet11", "densenet121"] as const) {
  Deno.test(`on wasm too a row of ${base} depends neither on its place nor on its neighbours`, async () => {
    const weights = await madeUpWeights(base);
    const changed = base === "densenet121" ? { base, weights, preprocess: "scale" as const } : {};
    // The batch size of extraction, since bits depend on it.
    const spec = await specFor(DEMO, { size: 64, ...changed });
    const frozen = await openEagerBase(tf, spec);
    await assertRowsStandAlone(frozen, spec.batchSize);
    frozen.dispose();
  });
}

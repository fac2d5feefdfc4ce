import assert from "node:assert/strict";
import { openEagerBase } from "../../src/features/base/eager.ts";
import { pixelsToInput } from "../../src/features/base/preprocess.ts";
import { weightsHash } from "../../src/features/base/weights_hash.ts";
import { wasmEngine } from "../engine.ts";
import { shared, sharedTest } from "../support.ts";
import { assertRowsStandAlone } from "./arrangements.ts";
import { goldenArray, goldenImages, largestDifference, relativeDifference } from "./goldens.ts";
import { DEMO, specFor } from "./small_set.ts";

const { tf } = await wasmEngine();
/** A small batch, because wasm is slow. That bits depend on the batch size does not matter at this tolerance. */
const BATCH = 8;

sharedTest("on wasm too resize_with_pad equals Keras's", () => {
  const images = goldenImages();
  const input = pixelsToInput(tf, images, { size: 160, preprocess: "scale", own: "torch" });
  const expected = goldenArray("resized8");
  assert.ok(largestDifference(Float32Array.from(input.dataSync().subarray(0, expected.length)), expected) < 1e-5);
  input.dispose();
});

sharedTest("on wasm too SqueezeNet's features equal Keras's", async () => {
  const spec = await specFor(DEMO, { size: 160, batchSize: BATCH });
  const before = tf.memory().numTensors;
  const base = await openEagerBase(tf, spec);
  const { features } = base.features(goldenImages());
  assert.ok(relativeDifference(features, goldenArray("squeezenet11_features8_caffe")) < 1e-3);
  base.dispose();
  assert.equal(tf.memory().numTensors, before, "tensors were left behind");
});

sharedTest("on wasm too DenseNet121's features equal Keras's", async () => {
  const path = shared("goldens", "densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5");
  const weights = { kind: "file", path, sha256: await weightsHash(path) } as const;
  const changed = { base: "densenet121", preprocess: "scale", size: 160, batchSize: BATCH, weights } as const;
  const spec = await specFor(DEMO, changed);
  const base = await openEagerBase(tf, spec);
  const { features } = base.features(goldenImages());
  assert.ok(relativeDifference(features, goldenArray("densenet121_features8")) < 1e-3);
  base.dispose();
});

sharedTest("on wasm too MobileNetV2's features equal Keras's", async () => {
  const path = shared("weights/mobilenet_v2_160/mobilenet_v2_160_dogs_no_top.h5");
  const weights = { kind: "file", path, sha256: await weightsHash(path) } as const;
  const changed = { base: "mobilenet_v2", preprocess: "imagenet", size: 160, batchSize: BATCH, weights } as const;
  const base = await openEagerBase(tf, await specFor(DEMO, changed));
  const { features } = base.features(goldenImages());
  assert.ok(relativeDifference(features, goldenArray("mobilenet_v2_160_features8")) < 1e-4);
  base.dispose();
});

for (const base of ["squeezenet11", "densenet121"] as const) {
  sharedTest(`on wasm too a row of ${base} depends neither on its place nor on its neighbours`, async () => {
    const path = shared("goldens", "densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5");
    const weights = { kind: "file", path, sha256: await weightsHash(path) } as const;
    const changed = base === "densenet121" ? { base, weights, preprocess: "scale" as const } : {};
    // The batch size of extraction, since bits depend on it.
    const spec = await specFor(DEMO, { size: 64, ...changed });
    const frozen = await openEagerBase(tf, spec);
    assertRowsStandAlone(frozen, spec.batchSize);
    frozen.dispose();
  });
}

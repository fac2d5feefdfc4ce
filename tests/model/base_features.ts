/** Compares each base's features with Keras's, for the tests of both engines. */
import assert from "node:assert/strict";
import type { Tensor4D } from "@tensorflow/tfjs";
import { bases } from "../../src/bases/bases.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { preprocess } from "../../src/features/base/preprocess.ts";
import { buildNetwork } from "../../src/model/build.ts";
import type { kerasBases } from "./bases_fixture.ts";
import { assertNear, keepsNoTensor, sha256 } from "./features.ts";
import { formulaWeights, parityImages } from "./formula_weights.ts";

const IMAGES = 2;
const SIZE = 64;

/** Asserts Keras's features for formula weights and the first two demo images. */
export async function assertBaseFeatures(
  tf: Tf,
  { base, published, weights_sha256, features }: (typeof kerasBases)[number],
  tolerance: number,
): Promise<void> {
  const { pixels } = await parityImages();
  const layers = bases[base].layers(SIZE, "max", published);
  const weights = formulaWeights(layers);
  assert.equal(sha256(weights.flatMap((layer) => layer.weights.map((weight) => weight.data))), weights_sha256);
  await keepsNoTensor(tf, () => {
    const network = buildNetwork(tf, layers, weights);
    const output = tf.tidy(() => {
      const images = tf.tensor(pixels.subarray(0, IMAGES * SIZE * SIZE * 3), [IMAGES, SIZE, SIZE, 3], "float32");
      const how = { preprocess: "scale", own: bases[base].preprocessing } as const;
      return network.predict(preprocess(tf, images as Tensor4D, how));
    });
    assertNear(Float32Array.from(output.dataSync()), features, tolerance);
    output.dispose();
    network.dispose();
  });
}

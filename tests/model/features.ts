/** Compares features with Keras's, for the tests of both engines. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Pooling } from "../../src/bases/base.ts";
import type { BaseName } from "../../src/bases/bases.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { bases } from "../../src/bases/bases.ts";
import { buildNetwork, type Network } from "../../src/model/build.ts";
import { readKerasWeights } from "../../src/model/keras_file.ts";
import type { LayerWeights } from "../../src/model/weights.ts";
import { formulaWeights, parityImages } from "./formula_weights.ts";
import { parity } from "./parity_fixture.ts";
import { EXPECTED, publishedFile, publishedImages } from "./published_files.ts";

const SIZE = 160;

/** Relative to the largest value, as design.md, section 3, requires. */
export const TOLERANCE = { tensorflow: 1e-4, wasm: 1e-3 } as const;

type Pixels = (tf: Tf, pixels: Tensor4D) => Tensor4D;

const scale: Pixels = (_, pixels) => pixels.div(255);
const caffe: Pixels = (_, pixels) => pixels.reverse(-1).sub([103.939, 116.779, 123.68]);

/** Runs `body` and asserts that it leaves no tensor behind. */
export async function keepsNoTensor(tf: Tf, body: () => Promise<void> | void): Promise<void> {
  const before = tf.memory().numTensors;
  await body();
  assert.equal(tf.memory().numTensors, before);
}

/** Returns the base's features of 64×64 images, resized as TensorFlow does it. */
function featuresOf(tf: Tf, model: Network, pixels: Uint8Array | Float32Array, preprocess: Pixels): Float32Array {
  const output = tf.tidy(() => {
    const images = tf.tensor4d(pixels, [pixels.length / (64 * 64 * 3), 64, 64, 3], "float32");
    return model.predict(preprocess(tf, tf.image.resizeBilinear(images, [SIZE, SIZE], false, true)));
  });
  const values = Float32Array.from(output.dataSync());
  output.dispose();
  return values;
}

/** Asserts that the largest difference is within the tolerance, relative to the largest value. */
export function assertNear(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = actual.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? NaN))),
    0,
  );
  assert.ok(difference <= tolerance * largest, `off by ${difference / largest} of the largest value`);
}

async function withBase(
  tf: Tf,
  base: BaseName,
  pooling: Pooling,
  weights: readonly LayerWeights[],
  body: (model: Network) => Promise<void> | void,
): Promise<void> {
  await keepsNoTensor(tf, async () => {
    const model = buildNetwork(tf, bases[base].layers(SIZE, pooling), weights);
    try {
      await body(model);
    } finally {
      model.dispose();
    }
  });
}

/** Asserts Keras's features for files in the published layouts. */
export async function assertPublishedFeatures(tf: Tf, tolerance: number): Promise<void> {
  const cases = [
    { base: "densenet121", features: [[scale, EXPECTED.densenet121.scale]] },
    { base: "squeezenet11", features: [[scale, EXPECTED.squeezenet11.scale], [caffe, EXPECTED.squeezenet11.caffe]] },
  ] as const;
  const { pixels } = await publishedImages();
  for (const { base, features } of cases) {
    const matched = await readKerasWeights(publishedFile(`${base}.h5`), bases[base].layers(SIZE, "max"));
    await withBase(tf, base, "max", matched, (model) => {
      for (const [preprocess, expected] of features) {
        assertNear(featuresOf(tf, model, pixels, preprocess), expected, tolerance);
      }
    });
  }
}

/** Asserts Keras's features for formula weights and demo images, the project's own fixture. */
export async function assertParityFeatures(tf: Tf, tolerance: number): Promise<void> {
  const { pixels } = await parityImages();
  assert.equal(sha256([pixels]), parity.images_sha256, "the demo set has changed: run make_parity.py again");
  for (const { base, pooling, weights_sha256, features } of parity.bases) {
    const weights = formulaWeights(bases[base].layers(SIZE, pooling));
    assert.equal(sha256(weights.flatMap((layer) => layer.weights.map((weight) => weight.data))), weights_sha256);
    await withBase(tf, base, pooling, weights, (model) => {
      assertNear(featuresOf(tf, model, pixels, scale), features, tolerance);
    });
  }
}

export function sha256(arrays: readonly (Uint8Array | Float32Array)[]): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}

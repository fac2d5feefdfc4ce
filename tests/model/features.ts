/** Compares features with Keras's, for the tests of both engines. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Pooling } from "../../src/bases/base.ts";
import type { BaseName } from "../../src/bases/bases.ts";
import { readNpy } from "../npy.ts";
import type { Tf } from "../../src/engine/engine.ts";
import { bases } from "../../src/bases/bases.ts";
import { buildNetwork, type Network } from "../../src/model/build.ts";
import { readKerasWeights } from "../../src/model/keras_file.ts";
import type { LayerWeights } from "../../src/model/weights.ts";
import { shared } from "../support.ts";
import { formulaWeights, parityImages } from "./formula_weights.ts";
import { parity } from "./parity_fixture.ts";

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

/** Asserts Keras's features of the shared goldens: DenseNet121 with made-up weights, SqueezeNet with its real ones. */
export async function assertGoldenFeatures(tf: Tf, tolerance: number): Promise<void> {
  const cases = [
    {
      base: "densenet121",
      weights: shared("goldens/densenet121_madeup_tf_dim_ordering_tf_kernels_notop.h5"),
      features: { "densenet121_features8.npy": scale },
    },
    {
      base: "squeezenet11",
      weights: shared("weights/squeezenet11/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5"),
      features: { "squeezenet11_features8_scale.npy": scale, "squeezenet11_features8_caffe.npy": caffe },
    },
  ] as const;
  const pixels = golden("images8.npy", Uint8Array);
  for (const { base, weights, features } of cases) {
    const matched = await readKerasWeights(weights, bases[base].layers(SIZE, "max"));
    await withBase(tf, base, "max", matched, (model) => {
      for (const [file, preprocess] of Object.entries(features)) {
        assertNear(featuresOf(tf, model, pixels, preprocess), golden(file, Float32Array), tolerance);
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

/** Returns the data of a golden .npy file. */
function golden<T extends Uint8Array | Float32Array>(file: string, kind: new () => T): T {
  const { data } = readNpy(shared("goldens", file));
  assert.ok(data instanceof kind);
  return data;
}

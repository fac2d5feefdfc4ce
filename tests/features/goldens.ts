/** Keras's reference values from ../shared, and the distance of numbers from them. */
import assert from "node:assert/strict";
import type { ExtractionSpec } from "../../src/features/job.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { readNpy } from "../npy.ts";
import { shared } from "../support.ts";
import { weightsIn } from "./made_up.ts";

/** Returns a golden of floats as a flat array. */
export function goldenArray(name: string): Float32Array {
  return Float32Array.from(readNpy(shared("goldens", `${name}.npy`)).data, Number);
}

/** The eight 64×64 images that the goldens were made from. */
export function goldenImages(): ImageBatch & { readonly pixels: Uint8Array } {
  const { shape: [count = 0, height = 0, width = 0], data } = readNpy(shared("goldens", "images8.npy"));
  assert.ok(data instanceof Uint8Array);
  return { count, height, width, pixels: data };
}

/** Returns SqueezeNet's published weights. */
export function squeezenetWeights(): Promise<ExtractionSpec["weights"]> {
  return weightsIn(shared("weights", "squeezenet11", "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5"));
}

/** Returns real weights of MobileNetV2 for 160 pixels, in the layout of the published file. */
export function mobilenetWeights(): Promise<ExtractionSpec["weights"]> {
  return weightsIn(shared("weights", "mobilenet_v2_160", "mobilenet_v2_160_dogs_no_top.h5"));
}

/** Returns the largest absolute difference. Both must have the same length. */
export function largestDifference(found: Float32Array, expected: Float32Array): number {
  assert.equal(found.length, expected.length);
  return found.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] ?? NaN))), 0);
}

/** Returns the largest absolute difference relative to the largest expected value. */
export function relativeDifference(found: Float32Array, expected: Float32Array): number {
  return largestDifference(found, expected) / expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

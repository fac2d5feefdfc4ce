/** The photographs and real weights of the shared test data, and the distance of numbers from reference values. */
import assert from "node:assert/strict";
import type { ExtractionSpec } from "../../src/features/job.ts";
import type { ImageBatch } from "../../src/data/dataset/dataset.ts";
import { readNpy } from "../npy.ts";
import { shared } from "../support.ts";
import { GROCERY10_PLACE, MOBILENET_PLACE, SQUEEZENET_PLACE } from "../test_data/sources.ts";
import { weightsIn } from "./made_up.ts";

/** Every 40th of grocery10's 300 test images is one of the eight that `KERAS_FEATURES` is for. */
const STEP = 40;

/** Returns the eight 64×64 photographs that `KERAS_FEATURES` is for. */
export function photographs(): ImageBatch & { readonly pixels: Uint8Array } {
  const { shape: [all = 0, height = 0, width = 0], data } = readNpy(shared(GROCERY10_PLACE, "test_images.npy"));
  assert.ok(data instanceof Uint8Array);
  const size = height * width * 3;
  const count = Math.ceil(all / STEP);
  const pixels = new Uint8Array(count * size);
  for (let place = 0; place < count; place++) {
    pixels.set(data.subarray(place * STEP * size, (place * STEP + 1) * size), place * size);
  }
  return { count, height, width, pixels };
}

/** Returns SqueezeNet's published weights. */
export function squeezenetWeights(): Promise<ExtractionSpec["weights"]> {
  return weightsIn(shared(SQUEEZENET_PLACE));
}

/** Returns real weights of MobileNetV2 for 160 pixels, in a whole model. */
export function mobilenetWeights(): Promise<ExtractionSpec["weights"]> {
  return weightsIn(shared(MOBILENET_PLACE));
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

/** Small made-up images that a convolutional network can be trained on, with matching options. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { NetworkName } from "../../src/bases/networks.ts";
import { splitNetwork } from "../../src/model/open_part.ts";
import { wholeModel } from "../../src/model/whole.ts";
import type { BatchSource } from "../../src/training/batches.ts";
import { stream } from "../../src/training/random.ts";
import type { StepsSpec } from "../../src/training/steps.ts";
import type { TrainingData } from "../../src/training/train.ts";

/** The smallest images that lesson-cnn takes. */
export const SIDE = 22;
export const CLASSES = 3;

/** Returns the bytes of images whose brightness tells their class, and the classes. */
export function madeUpImages(
  count: number,
  seed: number,
): { readonly pixels: Uint8Array; readonly labels: Int32Array } {
  const random = stream(seed, "made-up pixels");
  const labels = Int32Array.from({ length: count }, (_, index) => index % CLASSES);
  const length = SIDE * SIDE * 3;
  const pixels = Uint8Array.from({ length: count * length }, (_, place) => {
    const label = labels[Math.floor(place / length)] ?? 0;
    return label * 80 + uniformInt(random, 0, 90);
  });
  return { pixels, labels };
}

/** Returns a source of such images. */
export function madeUpPixels(count: number, seed: number): BatchSource {
  const { pixels, labels } = madeUpImages(count, seed);
  const length = SIDE * SIDE * 3;
  return {
    count,
    labels,
    shape: [SIDE, SIDE, 3],
    gather: (rows) =>
      Float32Array.from({ length: rows.length * length }, (_, place) => {
        const row = rows[Math.floor(place / length)] ?? 0;
        return (pixels[row * length + place % length] ?? NaN) / 255;
      }),
  };
}

export const MADE_UP_PIXELS: TrainingData = { train: madeUpPixels(40, 1), validation: madeUpPixels(15, 2) };

/** Returns what the steps of a network from scratch depend on. */
export function scratchSpec(base: NetworkName): StepsSpec {
  const model = { base, size: SIDE, pooling: "max", classes: CLASSES, inputHeight: SIDE, inputWidth: SIDE } as const;
  return { layers: splitNetwork(wholeModel(model)).open, weighted: false };
}

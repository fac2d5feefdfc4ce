/** How many images a call may have, so that no tensor is larger than the device takes. Pure. */
import prettyBytes from "pretty-bytes";
import type { LayerSpec } from "../../bases/layer_spec.ts";
import { HeadlightError } from "../../errors.ts";
import { describe, sizeOf } from "../../model/layers.ts";

const BYTES_PER_NUMBER = 4;

/** The sizes of the largest tensors of a base, in bytes. */
export interface TensorSizes {
  /** The largest output of a layer for one image. */
  readonly perImage: number;
  /** The largest weight, which does not grow with the number of images. */
  readonly weight: number;
}

/** Returns the sizes of the largest tensors of a network in float32. */
export function tensorSizes(layers: readonly LayerSpec[]): TensorSizes {
  const rows = describe(layers);
  const outputs = rows.map(({ outputShape: [, ...shape] }) => sizeOf(shape.map((extent) => extent ?? 1)));
  const weights = rows.flatMap((row) => row.weights.map(({ shape }) => sizeOf(shape)));
  return { perImage: BYTES_PER_NUMBER * Math.max(0, ...outputs), weight: BYTES_PER_NUMBER * Math.max(0, ...weights) };
}

/** What a call computes. */
export interface WantedCall {
  /** The number of images that a call should have. */
  readonly images: number;
  /** The height and width of the images before they are resized. */
  readonly height: number;
  readonly width: number;
  /** The base's name and the size of its input, for error messages. */
  readonly name: string;
  readonly size: number;
}

/**
 * Returns the number of images of a call: as many as wanted, or as many as fit into the largest tensor that the device
 * takes.
 *
 * @throws HeadlightError (1) if not even one image fits
 */
export function imagesPerCall(
  { images, height, width, name, size }: WantedCall,
  { perImage, weight }: TensorSizes,
  largestTensorBytes: number,
): number {
  const pixels = BYTES_PER_NUMBER * 3 * height * width;
  const most = Math.floor(largestTensorBytes / Math.max(perImage, pixels));
  if (most >= 1 && weight <= largestTensorBytes) return Math.min(images, most);
  const needed = prettyBytes(Math.max(weight, perImage, pixels));
  const what = pixels > largestTensorBytes ? `an image of ${height}×${width}` : `${name} at ${size}`;
  throw new HeadlightError(
    `${what} needs a tensor of ${needed}, and the GPU takes at most ${prettyBytes(largestTensorBytes)}. ` +
      "Choose a smaller --size, or use --engine tensorflow.",
    1,
  );
}

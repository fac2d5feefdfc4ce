/** Data sets of arrays that a network from scratch is trained on in a second. */
import { join } from "node:path";
import { writeFiles } from "../data/images/made_images.ts";
import { encodeNpy } from "../npy.ts";
import { madeUpImages, SIDE } from "../training/made_up_pixels.ts";

/** Writes such a data set. Another seed draws other training images. */
export function writeArrays(folder: string, seed = 1, trainingImages = 40): string {
  const data = join(folder, "brightness");
  const files: Record<string, Uint8Array> = {};
  for (const [part, count, drawn] of [["train", trainingImages, seed], ["test", 15, 2]] as const) {
    const { pixels, labels } = madeUpImages(count, drawn);
    files[`${part}_images.npy`] = encodeNpy({ dtype: "uint8", shape: [count, SIDE, SIDE, 3], data: pixels });
    files[`${part}_labels.npy`] = encodeNpy({ dtype: "int32", shape: [count], data: labels });
  }
  writeFiles(data, files);
  return data;
}

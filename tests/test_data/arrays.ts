/** Makes grocery10's arrays from its photographs. */
import { join } from "node:path";
import type { OnSetupProgress } from "../../src/engine/engine.ts";
import { decodeImage } from "../../src/data/images/decode.ts";
import { encodeNpy } from "../npy.ts";
import { resizeBicubic } from "./bicubic.ts";
import type { Photograph } from "./sources.ts";

const SIDE = 64;

/** Returns the names of the classes, in the order of their labels. */
export function classesOf(list: readonly Photograph[]): string[] {
  return [...new Set(list.map(({ className }) => className))].sort();
}

/**
 * Returns the four .npy files: images as uint8 (number, 64, 64, 3), resized without keeping the aspect ratio as the
 * lesson's, and labels as int64.
 *
 * @param folder the folder that the photographs' places are relative to
 * @param list the photographs in the order of the arrays
 */
export async function makeArrays(
  folder: string,
  list: readonly Photograph[],
  onProgress: OnSetupProgress,
): Promise<Map<string, Uint8Array>> {
  const classes = classesOf(list);
  const files = new Map<string, Uint8Array>();
  let done = 0;
  for (const split of ["train", "test"] as const) {
    const part = list.filter((photograph) => photograph.split === split);
    const data = new Uint8Array(part.length * SIDE * SIDE * 3);
    for (const [index, { place }] of part.entries()) {
      const image = await decodeImage(Deno.readFileSync(join(folder, place)));
      data.set(resizeBicubic(image, SIDE, SIDE).pixels, index * SIDE * SIDE * 3);
      onProgress({ label: "resizing photographs", done: ++done, total: list.length, unit: "steps" });
    }
    const labels = BigInt64Array.from(part, ({ className }) => BigInt(classes.indexOf(className)));
    files.set(`${split}_images.npy`, encodeNpy({ dtype: "uint8", shape: [part.length, SIDE, SIDE, 3], data }));
    files.set(`${split}_labels.npy`, encodeNpy({ dtype: "int64", shape: [part.length], data: labels }));
  }
  return files;
}

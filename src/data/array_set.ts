/** Pictures that lie in memory or in one file as an array of one size. */
import { createHash } from "node:crypto";
import type { Dataset, ImageBatch, ImageSet } from "./dataset.ts";

/** A part whose pictures `read` gives; a range is checked here, so that a wrong one cannot read what lies beside it. */
export function arraySet(labels: Int32Array, read: (from: number, to: number) => ImageBatch): ImageSet {
  const count = labels.length;
  const part: ImageSet = {
    count,
    labels,
    // deno-lint-ignore require-await -- so that its errors are rejections, as its type says.
    async read(from, to) {
      if (from < 0 || to > count || from > to) throw new RangeError(`no pictures ${from}…${to} of ${count}`);
      const batch = read(from, to);
      return { ...batch, digest: digestOf(batch), broken: [] };
    },
    digest: async (from, to) => (await part.read(from, to)).digest,
    fileOf: () => null,
  };
  return part;
}

/** A data set of two such parts. */
export function arrayDataset(set: Omit<Dataset, "others" | "inBothParts" | "close">): Dataset {
  return { ...set, others: [], inBothParts: () => [], close: () => {} };
}

/**
 * Over shape and dtype, and the bytes as they lie in memory, little-endian: equal bytes of another shape have another
 * digest.
 */
export function digestOf({ count, height, width, pixels }: ImageBatch): string {
  const dtype = pixels instanceof Uint8Array ? "uint8" : "float32";
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return createHash("sha256").update(JSON.stringify({ count, height, width, dtype })).update("\n").update(bytes)
    .digest("hex");
}

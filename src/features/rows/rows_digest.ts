/** A hash over the features and labels on which a head is trained. */
import { createHash } from "node:crypto";
import { Turns } from "../../turns.ts";
import type { FeatureSet } from "./feature_set.ts";

/** The number of rows that are copied at once: 1 MB at a width of 1024. */
const ROWS_AT_ONCE = 256;

/**
 * Returns the SHA-256, in hex, over the training rows and labels and then the validation ones, each in order and with
 * its shape. Two runs with the same digest train on the same numbers, bit for bit. Handles signals and sockets
 * meanwhile.
 */
export async function rowsDigest(
  { train, validation }: { readonly train: FeatureSet; readonly validation: FeatureSet },
): Promise<string> {
  const turns = new Turns();
  const hash = createHash("sha256");
  for (const { rows, labels } of [train, validation]) {
    const { count, width } = rows;
    hash.update(JSON.stringify({ count, width }) + "\n");
    for (let from = 0; from < count; from += ROWS_AT_ONCE) {
      const length = Math.min(ROWS_AT_ONCE, count - from);
      hash.update(bytesOf(rows.gather(Int32Array.from({ length }, (_, offset) => from + offset))));
      await turns.next();
    }
    hash.update(bytesOf(labels));
  }
  return hash.digest("hex");
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

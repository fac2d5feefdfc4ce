/** A hash over the features and labels on which a head is trained. */
import { createHash } from "node:crypto";
import type { FeatureSet } from "./feature_set.ts";

/**
 * Returns the SHA-256, in hex, over the training rows and labels and then the validation ones, each in order and with
 * its shape. Two runs with the same recipe and digest train on the same numbers, bit for bit.
 */
export function rowsDigest({ train, validation }: { readonly train: FeatureSet; readonly validation: FeatureSet }) {
  const hash = createHash("sha256");
  for (const { features, labels, count, width } of [train, validation]) {
    hash.update(JSON.stringify({ count, width }) + "\n");
    for (const { buffer, byteOffset, byteLength } of [features, labels]) {
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest("hex");
}

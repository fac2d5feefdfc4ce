/** Feature rows made up by a formula, so that any reader can tell whether a row is the right one. */
import { createHash } from "node:crypto";
import { DIGEST_BYTES, DigestTable } from "../../src/features/rows/digest_table.ts";
import type { RowSource } from "../../src/features/rows/feature_set.ts";
import type { RowStore } from "../../src/features/rows/row_store.ts";

export const RECIPE = "ab".repeat(32);
export const OTHER_RECIPE = "cd".repeat(32);
export const MADE_ON = { processor: "made up", threads: 2 };

/** Returns the digest of made-up image `number`. */
export function digestOf(number: number): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`image ${number}`).digest());
}

/** Returns the row of made-up image `number`. */
export function rowOf(number: number, width: number): Float32Array {
  return Float32Array.from({ length: width }, (_, column) => Math.fround(Math.sin(number * width + column)));
}

/** Writes the rows of the images `from` to `to` (exclusive) as one segment and returns its name. */
export function writeRows(store: RowStore, from: number, to: number, width = 4, madeOn = MADE_ON): string {
  const rows = to - from;
  const digests = new Uint8Array(rows * DIGEST_BYTES);
  const features = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    digests.set(digestOf(from + row), row * DIGEST_BYTES);
    features.set(rowOf(from + row, width), row * width);
  }
  return store.write(madeOn, digests, { features, rows, width });
}

/** Returns a table of made-up images in which position p is image `numbers[p]`. */
export function tableOf(numbers: readonly number[]): DigestTable {
  const table = new DigestTable(numbers.length);
  for (const number of numbers) table.add(digestOf(number).toHex());
  return table;
}

/** Returns all rows of a source, row-major. */
export function allRows(source: RowSource): Float32Array {
  return source.gather(Int32Array.from(numbersTo(source.count)));
}

export function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

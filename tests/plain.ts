/** Makes values with sequences comparable. */
import { Sequence } from "../src/sequence.ts";

/** Returns a copy of a value in which each sequence is an array. Typed arrays are kept. */
export function plain(value: unknown): unknown {
  if (value instanceof Sequence) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

/**
 * The reach of a process: the images of a data set that it may compute. If a thousand processes share the images, each
 * has to read the claims only of those whose reach overlaps with its own.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { ImageRange } from "../../data/dataset/dataset.ts";

export const reachSchema = z.object({
  /** A hash that identifies the data set and the order of its images, in hex. */
  data: z.string().regex(/^[0-9a-f]+$/),
  /** The images `from` (inclusive) to `to` (exclusive), counted over all parts. */
  from: z.int().min(0),
  to: z.int().min(0),
});
export type Reach = z.infer<typeof reachSchema>;

const DATA_DIGITS = 16;
const TEXT = /^([0-9a-f]+)-(\d+)-(\d+)$/;

/**
 * Returns the reach of a process that computes these images of a data set.
 * @param data a value that identifies the data set and its order
 */
export function reachOf(data: unknown, { from, to }: ImageRange): Reach {
  const digest = createHash("sha256").update(JSON.stringify(data)).digest("hex");
  return { data: digest.slice(0, DATA_DIGITS), from, to };
}

/** Returns a reach as text for file names. */
export function reachText({ data, from, to }: Reach): string {
  return `${data}-${from}-${to}`;
}

/** Parses a text of `reachText`. Returns null if it is not one. */
export function parseReach(text: string): Reach | null {
  const [, data, from, to] = TEXT.exec(text) ?? [];
  return data === undefined ? null : { data, from: Number(from), to: Number(to) };
}

/** Returns whether two processes may need the same images. Different data sets may contain the same image. */
export function mayMeet(one: Reach | null, other: Reach | null): boolean {
  if (one === null || other === null || one.data !== other.data) return true;
  return one.from < other.to && other.from < one.to;
}

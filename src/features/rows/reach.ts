/**
 * Which images of a data set a process may compute, where many processes share them. Of a thousand processes, each needs
 * to know only of those that may want the same images.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { ImageRange } from "../../data/dataset/dataset.ts";

export const reachSchema = z.object({
  /** Names the data set and its order. */
  data: z.string().regex(/^[0-9a-f]+$/),
  /** The images, counted over all parts: from the first to before the last. */
  from: z.int().min(0),
  to: z.int().min(0),
});
export type Reach = z.infer<typeof reachSchema>;

const DATA_DIGITS = 16;
const TEXT = /^([0-9a-f]+)-(\d+)-(\d+)$/;

/** Returns the reach of a process that computes these images of a data set. */
export function reachOf(data: unknown, { from, to }: ImageRange): Reach {
  const digest = createHash("sha256").update(JSON.stringify(data)).digest("hex");
  return { data: digest.slice(0, DATA_DIGITS), from, to };
}

/** Returns a reach as text for file names. */
export function reachText({ data, from, to }: Reach): string {
  return `${data}-${from}-${to}`;
}

/** Reads what `reachText` has written. Returns null if it is something else. */
export function parseReach(text: string): Reach | null {
  const [, data, from, to] = TEXT.exec(text) ?? [];
  return data === undefined ? null : { data, from: Number(from), to: Number(to) };
}

/** Returns whether two processes may want the same images. Those of different data sets may be equal. */
export function mayMeet(one: Reach | null, other: Reach | null): boolean {
  if (one === null || other === null || one.data !== other.data) return true;
  return one.from < other.to && other.from < one.to;
}

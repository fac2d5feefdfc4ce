/**
 * Hands what the command found under `--data` to the trainer, so that a folder is listed once. The trainer gets it as
 * its standard input, from a file without a name: it has any size, and nothing is left of it however the two end.
 */
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FoundSource, foundSourceSchema } from "../data/open.ts";
import { asideOf, removeIfThere } from "../files/atomic.ts";
import { isSystemError } from "../files/system_error.ts";

/**
 * Writes it to a file in a folder and returns the open file, which has no name any more. Returns null if the disk does
 * not take it: the trainer then finds the data itself. A million paths are 41 MB, which takes a fifth of the time of
 * listing them.
 */
export function openFoundData(found: FoundSource, folder: string): number | null {
  const path = asideOf(join(folder, "data.json"));
  try {
    writeFileSync(path, JSON.stringify(found));
    return openSync(path, "r");
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  } finally {
    removeIfThere(path);
  }
}

/** Starts something with the file, which is closed afterwards. */
export function withFoundData<T>(found: FoundSource | null, folder: string, start: (file: number | null) => T): T {
  const file = found === null ? null : openFoundData(found, folder);
  try {
    return start(file);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** Reads what was handed over. */
export async function readFoundData(input: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<FoundSource> {
  return foundSourceSchema.parse(await new Response(input).json());
}

/** Writes the files with a model's weights, split as tfjs-converter does it, so that browsers can cache them. */
import { join } from "node:path";

/** The size of a file, in bytes: the default of tfjs-converter. */
export const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * Writes the parts one after the other into files of `SHARD_BYTES`, of which the last one may be shorter. Returns the
 * names of the files in order.
 */
export async function writeShards(folder: string, parts: readonly Uint8Array[]): Promise<string[]> {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  const count = Math.max(1, Math.ceil(total / SHARD_BYTES));
  const names = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const pending = [...parts];
  for (const [index, name] of names.entries()) {
    const shard = new Uint8Array(Math.min(SHARD_BYTES, total - index * SHARD_BYTES));
    for (let filled = 0; filled < shard.length;) {
      const part = pending.shift() ?? new Uint8Array(0);
      const taken = part.subarray(0, shard.length - filled);
      shard.set(taken, filled);
      filled += taken.length;
      if (taken.length < part.length) pending.unshift(part.subarray(taken.length));
    }
    await Deno.writeFile(join(folder, name), shard);
  }
  return names;
}

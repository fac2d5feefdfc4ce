/** Data sets whose images are one array, in memory or in a file. */
import { createHash } from "node:crypto";
import { at } from "../../at.ts";
import { Turns } from "../../turns.ts";
import type { Dataset, DigestOptions, ImageBatch, ImageRange, ImageSet, ReadImages } from "./dataset.ts";

/** The number of images that are read at once to compute their digests. */
const DIGESTED_AT_ONCE = 32;
const DIGEST_LENGTH = 64;

export interface ArraySource {
  /** Class numbers, one per image. */
  readonly labels: Int32Array;
  /** Reads the images `from` (inclusive) to `to` (exclusive). */
  readonly read: (from: number, to: number) => ImageBatch;
  /** The file that contains the images, relative to the data set's folder; null if they are not in a file. */
  readonly file: string | null;
}

/**
 * Returns a part whose images come from `read`. Checks the range before each call, so that a wrong range cannot read
 * data of something else.
 */
export function arraySet({ labels, read, file }: ArraySource): ImageSet {
  const count = labels.length;
  const part: ImageSet = {
    count,
    labels,
    // deno-lint-ignore require-await -- so that its errors are rejections, as its type says.
    async read(from, to) {
      if (from < 0 || to > count || from > to) throw new RangeError(`no images ${from}…${to} of ${count}`);
      const batch = read(from, to);
      return { ...batch, digests: digestsOf(batch), broken: [] };
    },
    async pick(indices) {
      const pieces: ReadImages[] = [];
      for (const [from, to] of runsOf(indices)) pieces.push(await part.read(from, to));
      return joined(pieces);
    },
    async digests({ files, range, ...options } = {}) {
      // The index has the digests of a whole file or none.
      const whole = { from: 0, to: count };
      if (!files || file === null || range) return await digestRange(part, range ?? whole, options);
      const all = await files.digestOf(file, async () => (await digestRange(part, whole, options)).join(""));
      if (all?.length !== count * DIGEST_LENGTH) throw new Error(`${file} does not have ${count} digests`);
      options.onProgress?.(count);
      return Array.from({ length: count }, (_, index) => digestAt(all, index));
    },
    fileOf: () => null,
    contentOf: () => null,
  };
  return part;
}

function digestAt(all: string, index: number): string {
  return all.slice(index * DIGEST_LENGTH, (index + 1) * DIGEST_LENGTH);
}

async function digestRange(
  part: ImageSet,
  range: ImageRange,
  { onProgress, signal }: DigestOptions,
): Promise<string[]> {
  const digests: string[] = [];
  const turns = new Turns();
  for (let { from } = range; from < range.to; from += DIGESTED_AT_ONCE) {
    signal?.throwIfAborted();
    digests.push(...(await part.read(from, Math.min(range.to, from + DIGESTED_AT_ONCE))).digests);
    onProgress?.(digests.length);
    await turns.next();
  }
  return digests;
}

/** Groups consecutive indices into ranges, because each range needs only one read. */
function runsOf(indices: readonly number[]): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (const index of indices) {
    const last = runs.at(-1);
    if (last && last[1] === index) last[1]++;
    else runs.push([index, index + 1]);
  }
  return runs;
}

function joined(pieces: readonly ReadImages[]): ReadImages {
  const first = at(pieces, 0);
  if (pieces.length === 1) return first;
  const length = pieces.reduce((sum, { pixels }) => sum + pixels.length, 0);
  const pixels = first.pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  let place = 0;
  for (const piece of pieces) {
    pixels.set(piece.pixels, place);
    place += piece.pixels.length;
  }
  const count = pieces.reduce((sum, piece) => sum + piece.count, 0);
  return { ...first, count, pixels, digests: pieces.flatMap(({ digests }) => digests) };
}

/** Returns a data set of two such parts. */
export function arrayDataset(set: Omit<Dataset, "notices" | "remarks" | "inBothParts" | "close">): Dataset {
  return { ...set, notices: [], remarks: [], inBothParts: () => [], close: () => {} };
}

/**
 * Returns the digest of each image: a SHA-256 over its size, its dtype and its bytes (little-endian). The same bytes in
 * another shape have another digest.
 */
export function digestsOf({ count, height, width, pixels }: ImageBatch): string[] {
  const dtype = pixels instanceof Uint8Array ? "uint8" : "float32";
  const head = JSON.stringify({ height, width, dtype }) + "\n";
  const length = height * width * 3;
  return Array.from({ length: count }, (_, index) => {
    const { buffer, byteOffset, byteLength } = pixels.subarray(index * length, (index + 1) * length);
    return createHash("sha256").update(head).update(new Uint8Array(buffer, byteOffset, byteLength)).digest("hex");
  });
}

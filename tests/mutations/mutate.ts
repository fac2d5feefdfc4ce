/** Seeded mutations of files, like the damage done by disks, editors and attackers. */
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { at } from "../../src/at.ts";
import { stream } from "../../src/training/random.ts";

/** Little-endian numbers of 4 or 8 bytes that are typical wrong counts, sizes and offsets. */
const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
];
/** Texts that often break parsers. */
const TEXTS = [
  "99999999999999999999",
  "-1",
  "1e999",
  "NaN",
  "null",
  "[]",
  "{}",
  '"',
  "\\",
  "\0",
  "\r\n",
  "\ufeff",
  "\u202e",
  "true",
  '"__proto__":',
  "[".repeat(5000),
];

type Mutation = (bytes: Uint8Array<ArrayBuffer>, random: RandomGenerator) => Uint8Array<ArrayBuffer>;

const MUTATIONS: readonly Mutation[] = [
  // Flips one bit.
  (bytes, random) => {
    const place = placeIn(bytes, random);
    if (bytes.length > 0) bytes[place] = at(bytes, place) ^ 1 << uniformInt(random, 0, 7);
    return bytes;
  },
  // Changes one byte.
  (bytes, random) => {
    if (bytes.length > 0) bytes[placeIn(bytes, random)] = uniformInt(random, 0, 255);
    return bytes;
  },
  // Writes an extreme number.
  (bytes, random) => {
    const width = uniformInt(random, 0, 1) === 0 ? 4 : 8;
    if (bytes.length < width) return bytes;
    const place = Math.min(placeIn(bytes, random), bytes.length - width);
    const value = at(EXTREMES, uniformInt(random, 0, EXTREMES.length - 1));
    const view = new DataView(bytes.buffer);
    if (width === 4) view.setUint32(place, Number(value & 0xffff_ffffn), true);
    else view.setBigUint64(place, value, true);
    return bytes;
  },
  // Writes a stretch of noise.
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    for (let place = from; place < to; place++) bytes[place] = uniformInt(random, 0, 255);
    return bytes;
  },
  // Removes a stretch, repeats it, or copies it elsewhere.
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return joined(bytes.subarray(0, to), bytes.subarray(from));
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const place = placeIn(bytes, random);
    return joined(bytes.subarray(0, place), bytes.subarray(from, to), bytes.subarray(place));
  },
  // Cuts off the end.
  (bytes, random) => bytes.slice(0, placeIn(bytes, random)),
  // Inserts a text.
  (bytes, random) => {
    const place = placeIn(bytes, random);
    const text = new TextEncoder().encode(at(TEXTS, uniformInt(random, 0, TEXTS.length - 1)));
    return joined(bytes.subarray(0, place), text, bytes.subarray(place));
  },
  // Replaces a number written in digits.
  (bytes, random) => {
    const least = placeIn(bytes, random);
    const from = bytes.findIndex((byte, place) => place >= least && byte >= 0x30 && byte <= 0x39);
    if (from < 0) return bytes;
    let to = from;
    while (to < bytes.length && at(bytes, to) >= 0x30 && at(bytes, to) <= 0x39) to++;
    const number = String(10n ** BigInt(uniformInt(random, 0, 25)) - BigInt(uniformInt(random, 0, 1)));
    return joined(bytes.subarray(0, from), new TextEncoder().encode(number), bytes.subarray(to));
  },
];

/** Returns a copy of the content with one to four mutations. Equal arguments give equal bytes. */
export function mutated(content: Uint8Array, purpose: string, index: number): Uint8Array<ArrayBuffer> {
  const random = stream(1, `mutations of ${purpose}`, index);
  let bytes = Uint8Array.from(content);
  for (let left = uniformInt(random, 1, 4); left > 0; left--) {
    bytes = at(MUTATIONS, uniformInt(random, 0, MUTATIONS.length - 1))(bytes, random);
  }
  return bytes;
}

/** How often a position that holds a zero is drawn again. HDF5 files consist mostly of unused space. */
const DRAWS = 8;

function placeIn(bytes: Uint8Array, random: RandomGenerator): number {
  if (bytes.length === 0) return 0;
  let place = uniformInt(random, 0, bytes.length - 1);
  for (let draw = 1; draw < DRAWS && bytes[place] === 0; draw++) place = uniformInt(random, 0, bytes.length - 1);
  return place;
}

/** Returns a length of up to 64 bytes. */
function stretch(bytes: Uint8Array, random: RandomGenerator): [from: number, to: number] {
  const from = placeIn(bytes, random);
  return [from, Math.min(bytes.length, from + uniformInt(random, 1, 64))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

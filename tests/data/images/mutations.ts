/** Image files with a few defects from a seed, the same ones on every machine. */
import { at } from "../../../src/at.ts";
import { Dice } from "../../../src/data/dataset/dice.ts";

/** Bytes that are typical wrong lengths, counts and flags. */
const TELLING = [0, 1, 2, 3, 4, 8, 16, 24, 32, 40, 127, 128, 254, 255] as const;

/** Half of the changes are among the first bytes, which hold the headers. */
const HEADER_BYTES = 600;

/** Yields `count` files. Each is one of the originals with one to eight changes. */
export function* mutations(
  originals: readonly Uint8Array[],
  seed: number,
  count: number,
): Generator<Uint8Array<ArrayBuffer>> {
  const dice = new Dice("mutations", seed);
  for (let made = 0; made < count; made++) {
    let bytes = Uint8Array.from(at(originals, dice.whole(0, originals.length - 1)));
    for (let changes = dice.pick([1, 1, 2, 3, 8]); changes > 0; changes--) bytes = changed(bytes, dice);
    yield bytes;
  }
}

function changed(bytes: Uint8Array<ArrayBuffer>, dice: Dice): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return bytes;
  const last = dice.chance(0.5) ? Math.min(HEADER_BYTES, bytes.length) - 1 : bytes.length - 1;
  const place = dice.whole(0, last);
  const copy = bytes.slice();
  switch (dice.pick(["bit", "byte", "telling", "telling", "word", "cut", "gone", "twice", "moved"])) {
    case "bit":
      copy[place] = at(copy, place) ^ 1 << dice.whole(0, 7);
      return copy;
    case "byte":
      copy[place] = dice.whole(0, 255);
      return copy;
    case "telling":
      copy[place] = dice.pick(TELLING);
      return copy;
    case "word":
      copy.fill(dice.pick([0, 0x7f, 0xff]), place, place + dice.pick([2, 4, 8]));
      return copy;
    case "cut":
      return copy.subarray(0, place).slice();
    case "gone":
      return joined(copy.subarray(0, place), copy.subarray(place + dice.whole(1, 16)));
    case "twice":
      return joined(copy.subarray(0, place + dice.whole(1, 16)), copy.subarray(place));
    case "moved":
      copy.copyWithin(place, dice.whole(0, bytes.length - 1), bytes.length);
      return copy;
  }
}

function joined(start: Uint8Array, end: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(start.length + end.length);
  both.set(start);
  both.set(end, start.length);
  return both;
}

/**
 * Draws long dropout masks: a WebAssembly program that draws from four places of a random stream at a time, in the
 * lanes of vectors. JavaScript has neither integers of 64 bits at that speed nor vectors, and takes five times as long.
 */
import { at } from "../at.ts";
import type { GeneratorState } from "./jump.ts";
import { keptValue, thresholdOf } from "./random.ts";

/** The number of places of a random stream that are drawn from at once. */
export const PLACES = 4;
/** The number of values that a round of the program draws in each place. */
export const DRAWN_AT_ONCE = 4;

const PAGE_BYTES = 65_536;
const FLOAT_BYTES = 4;
/** TensorFlow takes arrays at a multiple of this address without copying them. */
const ALIGNMENT = 64;
/** The first bytes of the memory have the states of the generators. */
const STATE_BYTES = 64;

/** Draws `DRAWN_AT_ONCE × rounds` values in each place. The states are read from the memory and written back to it. */
type DrawRounds = (
  /** The address of the first place's values. */
  out: number,
  /** The distance, in bytes, between the values of two places. */
  stride: number,
  /** At least 1. */
  rounds: number,
  /** A unit is kept if its number of 24 bits is above this one. */
  limit: number,
  /** The bits of the float32 for units that are kept. The others get 0. */
  kept: number,
) => void;

/** The program with its memory, in which the masks are. */
export class MaskProgram {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #draw = drawRounds(this.#memory);

  /** Returns arrays of these lengths, which take the place of those that were returned before. */
  arrays(lengths: readonly number[]): Float32Array[] {
    let next = STATE_BYTES;
    const addresses = lengths.map((length) => {
      const address = next;
      next += Math.ceil(length * FLOAT_BYTES / ALIGNMENT) * ALIGNMENT;
      return address;
    });
    const missing = Math.ceil((next - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#memory.grow(missing);
    return lengths.map((length, index) => new Float32Array(this.#memory.buffer, at(addresses, index), length));
  }

  /**
   * Fills the first `PLACES × DRAWN_AT_ONCE × rounds` values of a mask.
   *
   * @param mask one of the arrays
   * @param states the states at the places, which are `DRAWN_AT_ONCE × rounds` numbers apart
   * @returns the state after the last value
   */
  fill(mask: Float32Array, rate: number, states: readonly GeneratorState[], rounds: number): GeneratorState {
    const words = new Int32Array(this.#memory.buffer, 0, STATE_BYTES / FLOAT_BYTES);
    states.forEach((state, place) => wordsOf(place).forEach((word, index) => words[word] = at(state, index)));
    const [kept = NaN] = new Int32Array(Float32Array.of(keptValue(rate)).buffer);
    this.#draw(mask.byteOffset, rounds * DRAWN_AT_ONCE * FLOAT_BYTES, rounds, thresholdOf(rate) - 1, kept);
    return wordsOf(PLACES - 1).map((word) => at(words, word));
  }
}

/**
 * Returns which words of the memory are the state at a place, in the order of the generator's `getState`: its two
 * integers of 64 bits, the upper half of each first. Places 0 and 1 share the first two vectors, places 2 and 3 the
 * other two.
 */
function wordsOf(place: number): number[] {
  const first = Math.floor(place / 2) * 8 + place % 2 * 2;
  return [first + 1, first, first + 5, first + 4];
}

// What follows assembles the program. Opcodes and encodings are those of the WebAssembly specification.

const I32 = 0x7f;
const V128 = 0x7b;

/** The parameters and local variables. */
const [OUT, STRIDE, ROUNDS, LIMIT, KEPT, ADDRESS] = [0, 1, 2, 3, 4, 5];
const [FIRST0, FIRST1, SECOND0, SECOND1] = [6, 7, 8, 9];
const [LIMITS, KEPTS, LOW_BITS, MIXED] = [10, 11, 12, 13];
const DRAWN = [14, 15, 16, 17] as const;
const [LOW_A, LOW_B, HIGH_A, HIGH_B] = [18, 19, 20, 21];
const LOCAL_VECTORS = 16;
const VECTOR_BYTES = 16;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const constant = (value: number) => [0x41, ...signed(value)];
const ADD = 0x6a;
const SUBTRACT = 0x6b;

const vector = (opcode: number, ...immediates: number[]) => [0xfd, ...unsigned(opcode), ...immediates];
const load = (offset: number) => vector(0, 4, offset);
const store = (offset: number) => vector(11, 4, offset);
const chosenBytes = (...bytes: number[]) => vector(13, ...bytes);
/** Chooses four words of the eight of two vectors. */
const chosenWords = (...words: number[]) =>
  chosenBytes(...words.flatMap((word) => [0, 1, 2, 3].map((at) => word * 4 + at)));
const SPLAT = vector(17);
const GREATER = vector(59);
const AND = vector(78);
const OR = vector(80);
const XOR = vector(81);
const SHIFT_LEFT = vector(203);
const SHIFT_RIGHT = vector(205);
const ADD_64 = vector(206);

/** Moves the generators of two places forward: xoroshiro128+ with the constants 24, 16 and 37. */
function moved(state0: number, state1: number): number[] {
  const turnedBy24 = [5, 6, 7, 0, 1, 2, 3, 4];
  return [
    ...[...get(state0), ...get(state1), ...XOR, ...set(MIXED)],
    ...[...get(state0), ...get(state0), ...chosenBytes(...turnedBy24, ...turnedBy24.map((byte) => byte + 8))],
    ...[...get(MIXED), ...XOR],
    ...[...get(MIXED), ...constant(16), ...SHIFT_LEFT, ...XOR],
    ...set(state0),
    ...[...get(MIXED), ...constant(37), ...SHIFT_LEFT],
    ...[...get(MIXED), ...constant(64 - 37), ...SHIFT_RIGHT, ...OR],
    ...set(state1),
  ];
}

/** Draws a number in each place and puts the four values of the mask into a vector. */
function drawn(into: number): number[] {
  return [
    ...[...get(FIRST0), ...get(FIRST1), ...ADD_64],
    ...[...get(SECOND0), ...get(SECOND1), ...ADD_64],
    ...chosenWords(0, 2, 4, 6),
    ...[...get(LOW_BITS), ...AND, ...get(LIMITS), ...GREATER, ...get(KEPTS), ...AND],
    ...set(into),
    ...moved(FIRST0, FIRST1),
    ...moved(SECOND0, SECOND1),
  ];
}

/**
 * Writes four values of each place. Each of the four vectors has one value of every place, so they are transposed
 * first.
 */
function written(): number[] {
  const [one, two, three, four] = DRAWN;
  const joined = (left: number, right: number, words: readonly number[]) => [
    ...get(left),
    ...get(right),
    ...chosenWords(...words),
  ];
  const nextPlace = (address: number) => [...get(address), ...get(STRIDE), ADD, ...tee(ADDRESS)];
  return [
    ...[...joined(one, two, [0, 4, 1, 5]), ...set(LOW_A)],
    ...[...joined(three, four, [0, 4, 1, 5]), ...set(LOW_B)],
    ...[...joined(one, two, [2, 6, 3, 7]), ...set(HIGH_A)],
    ...[...joined(three, four, [2, 6, 3, 7]), ...set(HIGH_B)],
    ...[...get(OUT), ...joined(LOW_A, LOW_B, [0, 1, 4, 5]), ...store(0)],
    ...[...nextPlace(OUT), ...joined(LOW_A, LOW_B, [2, 3, 6, 7]), ...store(0)],
    ...[...nextPlace(ADDRESS), ...joined(HIGH_A, HIGH_B, [0, 1, 4, 5]), ...store(0)],
    ...[...nextPlace(ADDRESS), ...joined(HIGH_A, HIGH_B, [2, 3, 6, 7]), ...store(0)],
    ...[...get(OUT), ...constant(VECTOR_BYTES), ADD, ...set(OUT)],
  ];
}

/** The body of the function: loads the states, draws, and stores the states. */
function body(): number[] {
  const states = [FIRST0, FIRST1, SECOND0, SECOND1].map((local, index) => ({ local, offset: index * VECTOR_BYTES }));
  const splat = (value: readonly number[], into: number) => [...value, ...SPLAT, ...set(into)];
  const [loop, empty, branchIf, end] = [0x03, 0x40, 0x0d, 0x0b];
  return [
    ...[2, 1, I32, LOCAL_VECTORS, V128],
    ...states.flatMap(({ local, offset }) => [...constant(0), ...load(offset), ...set(local)]),
    ...splat(get(LIMIT), LIMITS),
    ...splat(get(KEPT), KEPTS),
    ...splat(constant(0xffffff), LOW_BITS),
    ...[loop, empty, ...DRAWN.flatMap(drawn), ...written()],
    ...[...get(ROUNDS), ...constant(1), SUBTRACT, ...tee(ROUNDS), branchIf, 0, end],
    ...states.flatMap(({ local, offset }) => [...constant(0), ...get(local), ...store(offset)]),
    end,
  ];
}

/** Returns the program, which reads and writes this memory. */
function drawRounds(memory: WebAssembly.Memory): DrawRounds {
  const section = (id: number, content: readonly number[]) => [id, ...unsigned(content.length), ...content];
  const code = body();
  const module = new WebAssembly.Module(Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    // One type, a function of five integers; the memory, imported; one function of that type, exported; its code.
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...text("from"), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("draw"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]));
  // The module exports this one function, of the type above.
  return new WebAssembly.Instance(module, { from: { memory } }).exports["draw"] as DrawRounds;
}

function text(name: string): number[] {
  return [name.length, ...new TextEncoder().encode(name)];
}

/** Encodes an integer as unsigned LEB128, seven bits a byte. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...unsigned(value >>> 7)];
}

/** Encodes an integer as signed LEB128. */
function signed(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 127] : [value & 127 | 128, ...signed(value >> 7)];
}

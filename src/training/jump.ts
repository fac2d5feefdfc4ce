/**
 * Moves a generator forward by any number of draws without drawing them. Each draw of xoroshiro128+ maps its state of
 * 128 bits linearly (over GF(2)), so that many draws are one product with a power of that map.
 */
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** The state of a generator: four words of 32 bits, as `getState` returns it. */
export type GeneratorState = readonly number[];

const WORDS = 4;
const BITS = 32 * WORDS;

/**
 * The maps of 1, 2, 4, 8 … draws, as far as they were needed. The columns of each are four words, one after the other.
 */
const maps: Int32Array[] = [];

/** Returns the state after that many more draws. */
export function stateAfter(state: GeneratorState, draws: number): GeneratorState {
  let moved = Int32Array.from(state);
  for (let power = 0, left = draws; left > 0; power++, left = Math.floor(left / 2)) {
    if (left % 2 === 1) moved = mapped(moved, mapOf(power));
  }
  return [...moved];
}

/** Returns the map of 2^power draws. */
function mapOf(power: number): Int32Array {
  const known = maps[power];
  if (known) return known;
  const before = power === 0 ? null : mapOf(power - 1);
  const found = before ? mapped(before, before) : mapOfOneDraw();
  maps[power] = found;
  return found;
}

/** Returns the map of one draw: what a draw makes of each state with a single bit. */
function mapOfOneDraw(): Int32Array {
  const columns = new Int32Array(BITS * WORDS);
  for (let bit = 0; bit < BITS; bit++) {
    const state = Array.from({ length: WORDS }, (_, word) => word === bit >>> 5 ? 1 << (bit & 31) : 0);
    const generator = xoroshiro128plusFromState(state);
    generator.next();
    columns.set(generator.getState(), bit * WORDS);
  }
  return columns;
}

/** Returns what a map makes of several states, which are one after the other. */
function mapped(states: Int32Array, map: Int32Array): Int32Array<ArrayBuffer> {
  const result = new Int32Array(states.length);
  for (let from = 0; from < states.length; from += WORDS) {
    let [first, second, third, fourth] = [0, 0, 0, 0];
    for (let bit = 0, column = 0; bit < BITS; bit++, column += WORDS) {
      // All indices are in range, and `at` would make this ten times as slow. All ones if the bit is set, else zeros:
      // no processor could guess the outcome of a branch.
      const chosen = -((states[from + (bit >>> 5)] as number) >>> (bit & 31) & 1);
      first ^= chosen & (map[column] as number);
      second ^= chosen & (map[column + 1] as number);
      third ^= chosen & (map[column + 2] as number);
      fourth ^= chosen & (map[column + 3] as number);
    }
    result[from] = first;
    result[from + 1] = second;
    result[from + 2] = third;
    result[from + 3] = fourth;
  }
  return result;
}

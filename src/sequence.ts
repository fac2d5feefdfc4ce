/**
 * A sequence of values that only grows, such as the epochs of a run. It is a value: appending returns a longer sequence
 * and changes nothing. Yet neither appending nor asking about a range takes longer the more values there are, because
 * all sequences that grow from one another share their storage, each with its own length.
 */
import { at } from "./at.ts";
import { Floats } from "./floats.ts";

/** Where a sequence keeps its values. Values are only added at the end. */
export interface Values<T> {
  readonly length: number;
  /** Returns the value at an index from 0 to length - 1. */
  get(index: number): T;
  push(value: T): void;
  /** Returns a place of the same kind without values. */
  empty(): Values<T>;
  /** Returns the place of a property of all values, if it is kept by itself. */
  column?<K extends keyof T>(key: K): Values<T[K]> | undefined;
}

/** A summary consists of numbers. */
type Numbers<S> = { readonly [K in keyof S]: number };

/** How values are summarized. An object of this type must be a constant, because storages keep the results by it. */
export interface Summary<T, S extends Numbers<S>> {
  /** Returns the summary of no values. */
  readonly start: () => S;
  /** Adds a value and its index, which is larger than those added before. Changes `into`. */
  readonly add: (into: S, value: T, index: number) => void;
  /** Adds the summary of the values that follow. Changes `into`. */
  readonly join: (into: S, next: S) => void;
}

/** How one sequence follows from another, value by value. Must be a constant too. */
export interface Scan<T, S, R> {
  /** Returns the state before the first value. */
  readonly start: () => S;
  /** Returns the result for the next value. May change the state. */
  readonly next: (state: S, value: T) => R;
  /** Makes the place for the results. Default: an array. */
  readonly results?: () => Values<R>;
}

/** The number of values, or of blocks of the level below, that are summarized together. */
const BLOCK = 32;

/** Summaries as floats, because a long run has thousands of them. */
class Blocks<S extends Numbers<S>> {
  length = 0;
  readonly #floats = new Floats();
  readonly #keys: readonly (keyof S)[];
  /** Takes one summary at a time. */
  readonly #one: S;

  constructor(start: S) {
    this.#one = start;
    this.#keys = Object.keys(start) as (keyof S)[];
  }

  push(summary: S): void {
    for (const key of this.#keys) this.#floats.push(summary[key]);
    this.length++;
  }

  /** Returns a summary, which is valid until the next call. */
  at(index: number): S {
    const offset = index * this.#keys.length;
    const one: { -readonly [K in keyof S]: number } = this.#one;
    for (let place = 0; place < this.#keys.length; place++) {
      one[at(this.#keys, place)] = this.#floats.get(offset + place);
    }
    return this.#one;
  }
}

class ArrayValues<T> implements Values<T> {
  constructor(private readonly list: T[] = []) {}

  get length(): number {
    return this.list.length;
  }

  get(index: number): T {
    return at(this.list, index);
  }

  push(value: T): void {
    this.list.push(value);
  }

  empty(): Values<T> {
    return new ArrayValues();
  }
}

/** A property of values that are kept as objects. */
class PickedValues<T, K extends keyof T> implements Values<T[K]> {
  constructor(private readonly values: Values<T>, private readonly key: K) {}

  get length(): number {
    return this.values.length;
  }

  get(index: number): T[K] {
    return this.values.get(index)[this.key];
  }

  push(): never {
    throw new Error("a property cannot be added without its object");
  }

  empty(): Values<T[K]> {
    return new ArrayValues();
  }
}

/** The values, and what has been found out about them. Values are only added at the end. */
class Storage<T> {
  readonly #summaries = new Map<unknown, unknown>();
  readonly #scans = new Map<unknown, { readonly state: unknown; readonly results: Storage<unknown> }>();
  readonly #columns = new Map<unknown, unknown>();

  /** @param isDerived whether the values follow from those of another storage, so that no others may be added */
  constructor(readonly values: Values<T>, readonly isDerived = false) {}

  /** Returns the summaries of all complete blocks: of `BLOCK` values, of `BLOCK` such blocks, and so on. */
  levels<S extends Numbers<S>>(summary: Summary<T, S>): Blocks<S>[] {
    const levels = entry<unknown, unknown>(this.#summaries, summary, () => []) as Blocks<S>[];
    for (let level = 0, size = BLOCK; size <= this.values.length; level++, size *= BLOCK) {
      const blocks = levels[level] ??= new Blocks(summary.start());
      while ((blocks.length + 1) * size <= this.values.length) {
        const block = summary.start();
        const first = blocks.length * BLOCK;
        for (let index = first; index < first + BLOCK; index++) {
          const below = levels[level - 1];
          if (below) summary.join(block, below.at(index));
          else summary.add(block, this.values.get(index), index);
        }
        blocks.push(block);
      }
    }
    return levels;
  }

  /** Returns the storage of at least the first `length` results. */
  scanned<S, R>(scan: Scan<T, S, R>, length: number): Storage<R> {
    const made = () => ({
      state: scan.start(),
      results: new Storage<R>(scan.results?.() ?? new ArrayValues(), true),
    });
    const { state, results } = entry(this.#scans, scan, made) as ReturnType<typeof made>;
    while (results.values.length < length) {
      results.values.push(scan.next(state, this.values.get(results.values.length)));
    }
    return results;
  }

  column<K extends keyof T>(key: K): Storage<T[K]> {
    const made = () => new Storage<T[K]>(this.values.column?.(key) ?? new PickedValues(this.values, key), true);
    return entry<unknown, unknown>(this.#columns, key, made) as Storage<T[K]>;
  }
}

export class Sequence<T> implements Iterable<T> {
  private constructor(readonly length: number, private readonly storage: Storage<T>) {}

  /**
   * Returns a sequence of these values.
   * @param kept where they are kept, and those that are appended; default: an array
   */
  static of<T>(values: Iterable<T> = [], kept: Values<T> = new ArrayValues()): Sequence<T> {
    for (const value of values) kept.push(value);
    return new Sequence(kept.length, new Storage(kept));
  }

  /** The place of the values, and of those of longer sequences that have grown from this one. */
  get kept(): Values<T> {
    return this.storage.values;
  }

  /** Returns a sequence with one more value. */
  with(value: T): Sequence<T> {
    const { values, isDerived } = this.storage;
    // Another sequence has grown from this one. An empty one may be a constant, whose storage would never be freed.
    if (isDerived || this.length < values.length || this.length === 0) {
      return Sequence.of([...this, value], values.empty());
    }
    values.push(value);
    return new Sequence(this.length + 1, this.storage);
  }

  /** Returns the first `length` values, or all if there are fewer. */
  first(length: number): Sequence<T> {
    return length >= this.length ? this : new Sequence(Math.max(0, length), this.storage);
  }

  /** Returns a value as `Array.at` does. */
  at(index: number): T | undefined {
    const place = index < 0 ? this.length + index : index;
    return place >= 0 && place < this.length ? this.storage.values.get(place) : undefined;
  }

  /**
   * Returns the index of the first value that passes the test, or the length if none does. Every value after one that
   * passes must pass too.
   */
  firstIndex(test: (value: T) => boolean): number {
    let [from, to] = [0, this.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (test(this.storage.values.get(middle))) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** Returns the summary of the values from one index up to another, which is not included. */
  over<S extends Numbers<S>>(summary: Summary<T, S>, from = 0, to: number = this.length): S {
    const { values } = this.storage;
    const levels = this.storage.levels(summary);
    const into = summary.start();
    const end = Math.min(to, this.length);
    for (let index = Math.max(0, from); index < end;) {
      let [level, size] = [0, 1];
      while (index % (size * BLOCK) === 0 && index + size * BLOCK <= end) [level, size] = [level + 1, size * BLOCK];
      const blocks = levels[level - 1];
      if (blocks) summary.join(into, blocks.at(index / size));
      else summary.add(into, values.get(index), index);
      index += size;
    }
    return into;
  }

  /** Returns the results of a scan for all values. Results that are known from an earlier call are not made again. */
  scan<S, R>(scan: Scan<T, S, R>): Sequence<R> {
    return new Sequence(this.length, this.storage.scanned(scan, this.length));
  }

  /** Returns the sequence of one property of all values. */
  column<K extends keyof T>(key: K): Sequence<T[K]> {
    return new Sequence(this.length, this.storage.column(key));
  }

  *[Symbol.iterator](): Generator<T, void, void> {
    for (let index = 0; index < this.length; index++) yield this.storage.values.get(index);
  }

  /** Makes JSON represent a sequence as an array. */
  toJSON(): T[] {
    return [...this];
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

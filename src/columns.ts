/**
 * Keeps the numbers of long sequences as columns of 64-bit floats. A number takes eight bytes, which are outside of V8's
 * heap, so that its garbage does not grow with them either.
 */
import { at } from "./at.ts";
import type { Sequence, Values } from "./sequence.ts";

/** What a column can keep: finite numbers, null, and undefined for a property that a record does not have. */
type Cell = number | null | undefined;

const NULL = NaN;
const ABSENT = -Infinity;
/** The first capacity. The capacity is doubled when it is used up. */
const FIRST_CAPACITY = 16;

class Column<T extends Cell> implements Values<T> {
  length = 0;
  /**
   * Null as long as every number follows from the first one and a step, and takes no room: the numbers of epochs, a
   * learning rate that stays the same, a property that no record has.
   */
  private floats: Float64Array | null = null;
  private start = 0;
  private step = 0;

  get(index: number): T {
    const float = this.floats === null ? this.start + index * this.step : at(this.floats, index);
    return (Number.isNaN(float) ? null : float === ABSENT ? undefined : float) as T;
  }

  /** @throws RangeError if the value is a text or a number that is not finite: such numbers stand for null and absence */
  push(value: T): void {
    if (!Number.isFinite(value ?? 0)) throw new RangeError(`a column cannot keep ${value}`);
    const float = value === undefined ? ABSENT : value ?? NULL;
    if (this.floats === null) {
      const step = float - this.start;
      if (this.length === 0) this.start = float;
      // There is no step from or to a gap.
      else if (this.length === 1 && Number.isFinite(step)) this.step = step;
      if (Object.is(this.start + this.length * this.step, float)) {
        this.length++;
        return;
      }
    }
    const floats = this.floats ??= this.counted(Math.max(FIRST_CAPACITY, this.length + 1));
    if (this.length === floats.length) {
      this.floats = new Float64Array(2 * this.length);
      this.floats.set(floats);
    }
    this.floats[this.length++] = float;
  }

  /** Returns room for numbers with those that follow from their places. */
  private counted(capacity: number): Float64Array {
    const floats = new Float64Array(capacity);
    for (let index = 0; index < Math.min(capacity, this.length); index++) {
      floats[index] = this.start + index * this.step;
    }
    return floats;
  }

  empty(): Values<T> {
    return new Column();
  }

  /** Returns the first numbers as they are kept. The array shares the column's memory and must not be changed. */
  first(length: number): Float64Array {
    return this.floats === null ? this.counted(length) : this.floats.subarray(0, length);
  }
}

/** Objects whose properties are all cells. */
type Cells<T> = { readonly [K in keyof T]: Cell };

class Columns<T extends Cells<T>> implements Values<T> {
  length = 0;
  private readonly columns: ReadonlyMap<keyof T, Column<Cell>>;

  constructor(private readonly keys: readonly (keyof T)[]) {
    this.columns = new Map(keys.map((key) => [key, new Column()]));
  }

  /** Returns an object that is equal to the one that was added, without properties for which there is no column. */
  get(index: number): T {
    const record: { [K in keyof T]?: Cell } = {};
    for (const [key, column] of this.columns) {
      const cell = column.get(index);
      if (cell !== undefined) record[key] = cell;
    }
    return record as T;
  }

  push(record: T): void {
    for (const [key, column] of this.columns) column.push(record[key]);
    this.length++;
  }

  empty(): Values<T> {
    return new Columns(this.keys);
  }

  column<K extends keyof T>(key: K): Values<T[K]> | undefined {
    return this.columns.get(key) as Column<Cell> & Values<T[K]> | undefined;
  }
}

/** Returns a place for figures, for `Sequence.of`. */
export function figureColumn(): Values<number | null> {
  return new Column();
}

/** Returns figures as 64-bit floats, with NaN for null. The array must not be changed. */
export function floatsOf(figures: Sequence<number | null>): Float64Array {
  const { kept, length } = figures;
  return kept instanceof Column ? kept.first(length) : Float64Array.from(figures, (figure) => figure ?? NaN);
}

/** Returns a function that makes places for objects with these properties. */
export function columnsOf<T extends Cells<T>>(keys: Readonly<{ [K in keyof T]-?: true }>): () => Values<T> {
  return () => new Columns<T>(Object.keys(keys) as (keyof T)[]);
}

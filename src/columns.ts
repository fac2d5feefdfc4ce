/**
 * Keeps the numbers of long sequences as columns of 64-bit floats. A number takes eight bytes, which are outside of
 * V8's heap, so that its garbage does not grow with them either.
 */
import { Floats } from "./floats.ts";
import type { Sequence, Values } from "./sequence.ts";

/** What a column can keep: finite numbers, null, and undefined for a property that a record does not have. */
type Cell = number | null | undefined;

const NULL = NaN;
const ABSENT = -Infinity;
class Column<T extends Cell> implements Values<T> {
  length = 0;
  /**
   * Null as long as every number follows from the first one and a step, and takes no room: the numbers of epochs, a
   * learning rate that stays the same, a property that no record has.
   */
  private floats: Floats | null = null;
  private start = 0;
  private step = 0;

  get(index: number): T {
    const float = this.floats === null ? this.start + index * this.step : this.floats.get(index);
    return (Number.isNaN(float) ? null : float === ABSENT ? undefined : float) as T;
  }

  /**
   * @throws RangeError if the value is a text or a number that is not finite: such numbers stand for null and absence
   */
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
    this.floats ??= this.counted();
    this.floats.push(float);
    this.length++;
  }

  /** Returns the numbers that follow from their places. */
  private counted(): Floats {
    const floats = new Floats();
    for (let index = 0; index < this.length; index++) floats.push(this.start + index * this.step);
    return floats;
  }

  empty(): Values<T> {
    return new Column();
  }

  /** Copies the first numbers to an array, as many as it has room for. */
  copyTo(into: Float64Array): void {
    if (this.floats !== null) return this.floats.copyTo(into);
    for (let index = 0; index < Math.min(into.length, this.length); index++) {
      into[index] = this.start + index * this.step;
    }
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

/** Copies figures to an array of as many 64-bit floats, with NaN for null. */
export function copyFigures(figures: Sequence<number | null>, into: Float64Array): void {
  const { kept } = figures;
  if (kept instanceof Column) kept.copyTo(into);
  else into.set(Float64Array.from(figures, (figure) => figure ?? NaN));
}

/** Returns a function that makes places for objects with these properties. */
export function columnsOf<T extends Cells<T>>(keys: Readonly<{ [K in keyof T]-?: true }>): () => Values<T> {
  return () => new Columns<T>(Object.keys(keys) as (keyof T)[]);
}

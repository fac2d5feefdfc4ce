/** Finds the rows of given images in a row store and reads them. */
import { at, valueOf } from "../../at.ts";
import { DIGEST_BYTES, type DigestTable } from "./digest_table.ts";
import { distinct, type Provenance } from "./provenance.ts";
import type { RowStore } from "./row_store.ts";
import { BLOCK_ROWS, blockOf, openSegment, readBlocks, type Segment, type SegmentRows } from "./segment.ts";

/** The facts that are kept about a segment with requested rows. */
type Known = SegmentRows & { readonly name: string };

/** Where the rows of a table of digests are. */
export interface PlacedRows {
  /** The segments, by number. */
  readonly segments: ReadonlyMap<number, Known>;
  /** For each position in the table, the number of the segment that contains its row; negative if there is none. */
  readonly segmentOf: Int32Array;
  /** For each position, the row in that segment. */
  readonly rowOf: Int32Array;
}

/** Rows that were read. */
export interface FoundRows {
  /** The rows' positions in the table of digests, one per row. */
  readonly positions: readonly number[];
  /** float32, positions × width, row-major. */
  readonly features: Float32Array;
  readonly width: number;
  /** The positions for which the store has no undamaged row. */
  readonly absent: readonly number[];
  readonly madeOn: readonly Provenance[];
}

const NOWHERE = -1;
/** The maximum number of listings in one refresh. Segments may be merged while they are listed, but not this often. */
const MOST_LISTINGS = 100;

/**
 * Finds the rows of the digests in a table. Keeps only the places of these rows, so its memory grows with the number of
 * requested images and not with the size of the store.
 */
export class RowFinder {
  /** The segments with requested rows, by number. */
  readonly #segments = new Map<number, Known>();
  #nextNumber = 0;
  /** The names of all segments that were examined. */
  readonly #seen = new Set<string>();
  readonly #segmentOf: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #damaged = new Set<string>();

  constructor(private readonly store: RowStore, private readonly digests: DigestTable) {
    this.#segmentOf = new Int32Array(digests.size).fill(NOWHERE);
    this.#rowOf = new Int32Array(digests.size);
  }

  /** The store's folder. */
  get folder(): string {
    return this.store.folder;
  }

  /** Returns whether a digest had a row at the last `refresh`. Only reading shows whether the row is undamaged. */
  has(position: number): boolean {
    return at(this.#segmentOf, position) !== NOWHERE;
  }

  /** Returns the positions that have no row, in order. */
  missing(): number[] {
    return Array.from(this.#segmentOf.keys()).filter((position) => !this.has(position));
  }

  /**
   * Returns the positions that have a row, in the store's order. Reading in this order reads each block only once. The
   * run's own order would read blocks repeatedly if the rows were computed with another split.
   */
  present(): number[] {
    return Array.from(this.#segmentOf.keys()).filter((position) => this.has(position)).sort((one, other) =>
      at(this.#segmentOf, one) - at(this.#segmentOf, other) || at(this.#rowOf, one) - at(this.#rowOf, other)
    );
  }

  /**
   * Looks for segments that were added or removed, and reads only new ones. Returns the positions of the rows that it
   * found, some perhaps for the second time.
   *
   * @throws HeadlightError (1) if the cache cannot be read
   */
  refresh(): number[] {
    const found: number[] = [];
    const lost: number[] = [];
    for (let listing = 0; listing < MOST_LISTINGS; listing++) {
      const names = this.store.names(this.#seen);
      this.#forgetGone(new Set(names), lost);
      // A segment that has disappeared was merged into another one, which the next listing contains.
      if (!names.every((name) => this.#seen.has(name) || this.#look(name, found))) continue;
      if (lost.every((position) => this.has(position))) return found;
      // A segment that was there before may contain the same rows.
      this.#forgetAll();
      lost.length = 0;
    }
    throw new Error(`${this.store.folder} changed during each of ${MOST_LISTINGS} listings`);
  }

  /** Looks at one new segment. Returns false if it is no longer there. */
  lookAt(name: string): boolean {
    return this.#seen.has(name) || this.#look(name, []);
  }

  /** Returns where the rows were at the last `refresh`. */
  placed(): PlacedRows {
    return { segments: new Map(this.#segments), segmentOf: this.#segmentOf.slice(), rowOf: this.#rowOf.slice() };
  }

  /**
   * Reads rows. Adjacent blocks are read together.
   * @throws HeadlightError (1) if the cache cannot be read
   */
  read(positions: readonly number[]): FoundRows {
    const read = new Reading(positions);
    const left = this.#readOnce(read, positions);
    if (left.length > 0) {
      // Their segments were merged meanwhile.
      this.refresh();
      this.#readOnce(read, left);
    }
    return read.finish();
  }

  /** Rewrites the undamaged rows of damaged segments and finds all rows again. */
  mend(): void {
    for (const name of this.#damaged) this.store.salvage(name);
    this.#damaged.clear();
    this.#forgetAll();
    this.refresh();
  }

  /** Examines a segment, and adds the positions of its rows to `found`. Returns false if it has disappeared. */
  #look(name: string, found: number[]): boolean {
    return this.store.withFile(name, (file) => {
      const segment = openSegment(file, this.store.recipe);
      if (segment) this.#take(name, segment, found);
      else this.store.discard(name);
      this.#seen.add(name);
      return true;
    }) ?? false;
  }

  #take(name: string, { digests, header, blockHashes, rowsAt }: Segment, found: number[]): void {
    const number = this.#nextNumber++;
    let wanted = false;
    for (let row = 0; row < header.rows; row++) {
      const position = this.digests.find(digests, row * DIGEST_BYTES);
      if (position < 0 || this.has(position)) continue;
      this.#segmentOf[position] = number;
      this.#rowOf[position] = row;
      found.push(position);
      wanted = true;
    }
    if (wanted) this.#segments.set(number, { name, header, blockHashes, rowsAt });
  }

  /** Forgets the segments that are not among these, and adds the positions whose rows were in them to `lost`. */
  #forgetGone(names: ReadonlySet<string>, lost: number[]): void {
    const gone = new Set([...this.#seen].filter((name) => !names.has(name)));
    for (const name of gone) this.#seen.delete(name);
    const numbers = new Set<number>();
    for (const [number, { name }] of this.#segments) if (gone.has(name)) numbers.add(number);
    if (numbers.size === 0) return;
    for (const number of numbers) this.#segments.delete(number);
    for (const [position, number] of this.#segmentOf.entries()) {
      if (!numbers.has(number)) continue;
      this.#segmentOf[position] = NOWHERE;
      lost.push(position);
    }
  }

  #forgetAll(): void {
    this.#seen.clear();
    this.#segments.clear();
    this.#segmentOf.fill(NOWHERE);
  }

  /** Reads rows once. Returns the positions whose segment has disappeared. */
  #readOnce(into: Reading, positions: readonly number[]): number[] {
    const bySegment = Map.groupBy(
      positions.filter((position) => this.has(position)),
      (position) => at(this.#segmentOf, position),
    );
    const left: number[] = [];
    for (const [number, wanted] of bySegment) {
      const segment = valueOf(this.#segments, number);
      const done = this.store.withFile(segment.name, (file) => {
        this.#readSegment(file, segment, wanted, into);
        return true;
      });
      if (!done) left.push(...wanted);
    }
    return left;
  }

  #readSegment(file: Deno.FsFile, segment: Known, wanted: readonly number[], into: Reading): void {
    const { header: { width, made_on }, name } = segment;
    const byBlock = Map.groupBy(wanted, (position) => blockOf(at(this.#rowOf, position)));
    for (const [from, to] of neighbours([...byBlock.keys()])) {
      readBlocks(file, segment, from, to, (firstRow, block) => {
        for (const position of valueOf(byBlock, firstRow / BLOCK_ROWS)) {
          const row = at(this.#rowOf, position) - firstRow;
          if (block) into.add(position, block.subarray(row * width, (row + 1) * width), made_on);
          else {
            this.#damaged.add(name);
            this.#segmentOf[position] = NOWHERE;
          }
        }
      });
    }
  }
}

/** Collects rows as they are read. */
class Reading {
  readonly #placeOf: Map<number, number>;
  readonly #has: Uint8Array;
  readonly #madeOn = new Set<Provenance>();
  #features: Float32Array | null = null;
  #width = 0;

  constructor(private readonly positions: readonly number[]) {
    this.#placeOf = new Map(positions.map((position, place) => [position, place]));
    this.#has = new Uint8Array(positions.length);
  }

  add(position: number, row: Float32Array, madeOn: Provenance): void {
    this.#features ??= new Float32Array(this.positions.length * row.length);
    this.#width ||= row.length;
    if (row.length !== this.#width) throw new Error(`rows of one recipe are ${this.#width} and ${row.length} wide`);
    const place = this.#placeOf.get(position);
    if (place === undefined) throw new RangeError(`row ${position} was not requested`);
    this.#features.set(row, place * this.#width);
    this.#has[place] = 1;
    this.#madeOn.add(madeOn);
  }

  finish(): FoundRows {
    const { positions } = this;
    const there = positions.filter((_, place) => this.#has[place] === 1);
    const absent = positions.filter((_, place) => this.#has[place] === 0);
    const width = this.#width;
    const features = this.#features ?? new Float32Array(0);
    if (absent.length > 0) {
      // This is safe in place, because rows only move towards the start.
      let to = 0;
      for (const [place, has] of this.#has.entries()) {
        if (has === 1) features.copyWithin(to++ * width, place * width, (place + 1) * width);
      }
    }
    return {
      positions: there,
      features: features.subarray(0, there.length * width),
      width,
      absent,
      madeOn: distinct([...this.#madeOn]),
    };
  }
}

/** Groups blocks into ranges of adjacent blocks, in order. */
function neighbours(blocks: number[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const block of blocks.sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last?.[1] === block) last[1]++;
    else ranges.push([block, block + 1]);
  }
  return ranges;
}

/**
 * The store of the feature rows of one recipe: `<cache>/features/<version>/<recipe>/<seal>.rows`. Segments are written
 * atomically and never changed, so any number of processes can read and write at the same time. A segment is removed
 * only when its rows are in another segment or it is damaged.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { LEFT_AFTER_MS, removeIfThere, sweepAsides, writeFileAtomicSync } from "../../files/atomic.ts";
import { tryLock } from "../../files/lock.ts";
import { explainCacheError, isGone } from "../../files/system_error.ts";
import { isRegularFile } from "../../files/stored.ts";
import { DIGEST_BYTES, DigestTable } from "./digest_table.ts";
import type { FeatureRows } from "../base/frozen_base.ts";
import type { Provenance } from "./provenance.ts";
import { EXTRACTOR_VERSION } from "../base/spec.ts";
import {
  BLOCK_ROWS,
  type EncodedSegment,
  encodeSegment,
  openSegment,
  readBlocks,
  type Segment,
  SEGMENT_VERSION,
} from "./segment.ts";

/** The name of the folder with the rows that this version of Headlight can use. */
export const ROWS_VERSION = `v${EXTRACTOR_VERSION}.${SEGMENT_VERSION}`;
/** The number of rows from which a segment is no longer merged with others: 16 MB at a width of 1024. */
export const FULL_SEGMENT_ROWS = 4096;
/** The minimum number of small segments for a merge. */
const FEW = 8;
const SUFFIX = ".rows";
const NONE: ReadonlySet<string> = new Set();

/** Rows to be written as a segment. */
interface Gathered {
  readonly madeOn: Provenance;
  readonly width: number;
  readonly digests: Uint8Array;
  readonly features: Float32Array;
}

/** The rows of one recipe on disk. */
export class RowStore {
  readonly folder: string;
  readonly #mergeRows: number;

  /**
   * @param cacheRoot the machine-wide cache folder, see `cacheRoot`
   * @param recipe the hash of the recipe, see `recipeHash`
   * @param mergeRows the number of rows from which a segment is no longer merged with others
   */
  constructor(cacheRoot: string, readonly recipe: string, mergeRows = FULL_SEGMENT_ROWS) {
    this.folder = join(cacheRoot, "features", ROWS_VERSION, recipe);
    this.#mergeRows = mergeRows;
  }

  /**
   * Returns the names of all segments. Ignores anything but regular files and links to them.
   * @param known names that were returned before, whose file type is not checked again
   * @throws HeadlightError (1) if the cache cannot be read
   */
  names(known: ReadonlySet<string> = NONE): string[] {
    try {
      return readdirSync(this.folder).filter((name) =>
        known.has(name) || (name.endsWith(SUFFIX) && isRegularFile(join(this.folder, name)))
      );
    } catch (error) {
      if (isGone(error)) return [];
      throw this.#unreadable(error);
    }
  }

  /**
   * Runs `use` on an open segment file. Returns null if the file has disappeared.
   * @throws HeadlightError (1) if the cache cannot be read
   */
  withFile<T>(name: string, use: (file: Deno.FsFile) => T): T | null {
    try {
      using file = Deno.openSync(join(this.folder, name), { read: true });
      return use(file);
    } catch (error) {
      if (isGone(error)) return null;
      throw this.#unreadable(error);
    }
  }

  /**
   * Writes rows atomically as a new segment and returns its name.
   * @param digests one per row, 32 bytes each
   * @throws HeadlightError (1) if the cache cannot be written
   */
  write(madeOn: Provenance, digests: Uint8Array, { features, width }: FeatureRows): string {
    return this.#put(encodeSegment({ recipe: this.recipe, width, made_on: madeOn }, digests, features));
  }

  /** Removes a segment that failed its check. */
  discard(name: string): void {
    try {
      removeIfThere(join(this.folder, name));
    } catch {
      // The cache may be read-only. A damaged segment is ignored in any case.
    }
  }

  /**
   * Writes a segment's undamaged rows to a new segment and removes the old one.
   * @throws HeadlightError (1) if the cache cannot be read or written
   */
  salvage(name: string): void {
    this.#merge([name]);
  }

  /**
   * Merges small segments into large ones if there are many. Does nothing if another process is merging. A process that
   * finds a listed segment gone lists the folder again. If merging fails, for example because the disk is full, the
   * segments stay as they are. Also removes temporary files of killed processes.
   */
  compact(): void {
    sweepAsides(this.folder, LEFT_AFTER_MS);
    if (this.names().length < FEW) return;
    const lock = tryLock(join(this.folder, ".merge"));
    if (!lock) return;
    try {
      const small = this.names().filter((name) => this.#rowsOf(name) < this.#mergeRows);
      if (small.length >= FEW) this.#merge(small);
    } catch (error) {
      if (!(error instanceof HeadlightError)) throw error;
    } finally {
      lock.release();
    }
  }

  #merge(names: readonly string[]): void {
    const kept = new Set<string>();
    for (const gathered of this.#gather(names)) {
      const { madeOn, width, digests, features } = gathered;
      kept.add(this.write(madeOn, digests, { features, width, rows: digests.length / DIGEST_BYTES }));
    }
    for (const name of names) if (!kept.has(name)) this.discard(name);
  }

  /**
   * Yields the undamaged rows of segments, each image once, in pieces of one provenance, at most `mergeRows` at a time.
   */
  *#gather(names: readonly string[]): Generator<Gathered> {
    const open = new Map<string, RowBuffer>();
    const seen = new DigestTable(names.reduce((sum, name) => sum + this.#rowsOf(name), 0));
    for (const name of names) {
      const pieces: RowBuffer[] = [];
      this.withFile(name, (file) => {
        const segment = openSegment(file, this.recipe);
        if (!segment) return;
        const { made_on, width } = segment.header;
        const key = JSON.stringify([made_on, width]);
        eachRow(file, segment, (digest, row) => {
          if (seen.find(digest, 0) >= 0) return;
          seen.add(digest.toHex());
          let buffer = open.get(key);
          if (!buffer) open.set(key, buffer = new RowBuffer(made_on, width, this.#mergeRows));
          buffer.add(digest, row);
          if (!buffer.isFull) return;
          pieces.push(buffer);
          open.delete(key);
        });
      });
      for (const buffer of pieces) yield buffer.take();
    }
    for (const buffer of open.values()) yield buffer.take();
  }

  /** Returns the number of images that have a row. During a merge, a row can be in two segments. */
  countImages(): number {
    const segments = this.names().map((name) => this.withFile(name, (file) => openSegment(file, this.recipe)))
      .filter((segment) => segment !== null);
    const images = new DigestTable(segments.reduce((sum, { header: { rows } }) => sum + rows, 0));
    for (const { digests } of segments) {
      for (let at = 0; at < digests.length; at += DIGEST_BYTES) {
        images.add(digests.subarray(at, at + DIGEST_BYTES).toHex());
      }
    }
    return images.size;
  }

  /** Returns the number of rows; 0 if the segment is damaged or has disappeared. */
  #rowsOf(name: string): number {
    return this.withFile(name, (file) => openSegment(file, this.recipe))?.header.rows ?? 0;
  }

  #put({ bytes, seal }: EncodedSegment): string {
    const name = `${seal.slice(0, 32)}${SUFFIX}`;
    try {
      writeFileAtomicSync(join(this.folder, name), bytes);
      return name;
    } catch (error) {
      throw explainCacheError(error, `cannot write features to ${this.folder}`);
    }
  }

  #unreadable(error: unknown): unknown {
    return explainCacheError(error, `cannot read features from ${this.folder}`);
  }
}

/** Collects rows of one provenance for a new segment. */
class RowBuffer {
  readonly #digests: Uint8Array;
  readonly #features: Float32Array;
  #rows = 0;

  constructor(readonly madeOn: Provenance, readonly width: number, private readonly most: number) {
    this.#digests = new Uint8Array(most * DIGEST_BYTES);
    this.#features = new Float32Array(most * width);
  }

  get isFull(): boolean {
    return this.#rows === this.most;
  }

  add(digest: Uint8Array, row: Float32Array): void {
    this.#digests.set(digest, this.#rows * DIGEST_BYTES);
    this.#features.set(row, this.#rows * this.width);
    this.#rows++;
  }

  take(): Gathered {
    const { madeOn, width } = this;
    return {
      madeOn,
      width,
      digests: this.#digests.subarray(0, this.#rows * DIGEST_BYTES),
      features: this.#features.subarray(0, this.#rows * width),
    };
  }
}

/** Calls `use` with each undamaged row of a segment. */
function eachRow(file: Deno.FsFile, segment: Segment, use: (digest: Uint8Array, row: Float32Array) => void): void {
  const { header: { rows, width }, digests } = segment;
  readBlocks(file, segment, 0, Math.ceil(rows / BLOCK_ROWS), (first, block) => {
    for (let row = 0; block && row * width < block.length; row++) {
      const digest = digests.subarray((first + row) * DIGEST_BYTES, (first + row + 1) * DIGEST_BYTES);
      use(digest, block.subarray(row * width, (row + 1) * width));
    }
  });
}

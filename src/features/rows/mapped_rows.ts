/** Feature rows that stay in the store's files, mapped into memory, however many there are. */
import { at, valueOf } from "../../at.ts";
import { HeadlightError } from "../../errors.ts";
import { networkFileSystem } from "../../files/file_system.ts";
import { canMap, mapFile } from "../../files/mapped_file.ts";
import { join } from "node:path";
import type { RowSource } from "./feature_set.ts";
import type { PlacedRows, RowFinder } from "./row_finder.ts";
import { blockOf, isRightBlock, sizeOfSegment } from "./segment.ts";

/**
 * From this size on, features are mapped instead of copied to this process's memory. Below it, a copy costs little, and
 * nothing that happens to the cache can disturb training.
 */
export const MAPPED_FROM_BYTES = 256 * 1024 * 1024;
/** The maximum number of attempts to map all segments. Other processes may merge some of them meanwhile. */
const MOST_TRIES = 100;

/**
 * Returns whether the rows in a store's folder may be mapped. Not on a network file system: if another host merges segments,
 * a mapped page may be gone, which would end the process.
 */
export function mayBeMapped(folder: string): boolean {
  return canMap() && networkFileSystem(folder) === null;
}

/** The rows of all images of a finder, in mapped files. */
export class MappedRows {
  readonly #placed: PlacedRows;
  /** The rows of each segment, by its number. */
  readonly #rows = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #width: number;

  /**
   * Maps the segments and checks the blocks that contain the rows.
   * @param finder one for which every row was found undamaged before
   * @throws HeadlightError (1) if a row is gone or damaged now, or files cannot be mapped
   */
  constructor(finder: RowFinder) {
    this.#placed = this.#mapAll(finder);
    const widths = new Set([...this.#placed.segments.values()].map(({ header: { width } }) => width));
    const [width = 0] = widths;
    if (widths.size > 1) throw new Error(`rows of one recipe are ${[...widths].join(" and ")} wide`);
    this.#width = width;
  }

  /** Returns the rows at these positions in the finder's table of digests. */
  at(positions: Int32Array): RowSource {
    const [width, rowBytes] = [this.#width, this.#width * Float32Array.BYTES_PER_ELEMENT];
    const { segmentOf, rowOf } = this.#placed;
    return {
      count: positions.length,
      width,
      gather: (rows) => {
        const gathered = new Float32Array(rows.length * width);
        const bytes = new Uint8Array(gathered.buffer);
        rows.forEach((row, place) => {
          const position = at(positions, row);
          const from = at(rowOf, position) * rowBytes;
          bytes.set(valueOf(this.#rows, at(segmentOf, position)).subarray(from, from + rowBytes), place * rowBytes);
        });
        return gathered;
      },
    };
  }

  #mapAll(finder: RowFinder): PlacedRows {
    const mapped = new Map<string, Uint8Array<ArrayBuffer>>();
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      finder.refresh();
      const placed = finder.placed();
      const blocks = blocksOf(placed);
      if (blocks === null) break;
      let complete = true;
      for (const [number, segment] of placed.segments) {
        const { name, header: { rows, width }, rowsAt } = segment;
        const bytes = mapped.get(name) ?? mapFile(join(finder.folder, name), sizeOfSegment(segment));
        // It was merged into another one, which the next refresh finds.
        if (bytes === null) complete = false;
        else {
          mapped.set(name, bytes);
          const there = bytes.subarray(rowsAt, rowsAt + rows * width * Float32Array.BYTES_PER_ELEMENT);
          for (const block of blocks.get(number) ?? []) {
            if (!isRightBlock(segment, block, there)) throw damaged(finder.folder);
          }
          this.#rows.set(number, there);
        }
      }
      if (complete) return placed;
      this.#rows.clear();
    }
    throw damaged(finder.folder);
  }
}

/** Returns the blocks of each segment that contain the rows; null if a row is in none. */
function blocksOf({ segmentOf, rowOf }: PlacedRows): Map<number, Set<number>> | null {
  const blocks = new Map<number, Set<number>>();
  for (const [position, number] of segmentOf.entries()) {
    if (number < 0) return null;
    const block = blockOf(at(rowOf, position));
    const known = blocks.get(number);
    if (known) known.add(block);
    else blocks.set(number, new Set([block]));
  }
  return blocks;
}

function damaged(folder: string): HeadlightError {
  return new HeadlightError(
    `features in ${folder} were removed or damaged after they had been computed. Run the command again`,
    1,
  );
}

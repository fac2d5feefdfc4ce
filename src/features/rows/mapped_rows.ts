/** Feature rows in the store's files, which are mapped into memory instead of copied. */
import { join } from "node:path";
import { at, valueOf } from "../../at.ts";
import { HeadlightError } from "../../errors.ts";
import { isOnLocalFileSystem } from "../../files/file_system.ts";
import { CAN_MAP, mapFile } from "../../files/mapped_file.ts";
import { explainCacheError } from "../../files/system_error.ts";
import { Turns } from "../../turns.ts";
import type { RowSource } from "./feature_set.ts";
import type { PlacedRows, RowFinder } from "./row_finder.ts";
import { blockOf, isRightBlock, sizeOfSegment } from "./segment.ts";

/**
 * The size in bytes from which features are mapped instead of copied to this process's memory. Below it, a copy costs
 * little, and nothing that happens to the cache can disturb training.
 */
export const MAPPED_FROM_BYTES = 256 * 1024 * 1024;
/** The maximum number of attempts to map all segments. Other processes may merge some of them meanwhile. */
const MOST_TRIES = 100;

/**
 * Returns whether the rows in a store's folder may be mapped. They may not if another host can remove a segment,
 * because reading a page that is gone kills the process.
 */
export function mayBeMapped(folder: string): boolean {
  return CAN_MAP && isOnLocalFileSystem(folder);
}

type Mapped = Uint8Array<ArrayBuffer>;

/** The rows of all images of a finder, in mapped files. */
export class MappedRows {
  readonly #width: number;

  /** @param rows the bytes of the rows of each segment, by its number */
  private constructor(private readonly placed: PlacedRows, private readonly rows: ReadonlyMap<number, Mapped>) {
    const widths = new Set([...placed.segments.values()].map(({ header: { width } }) => width));
    const [width = 0] = widths;
    if (widths.size > 1) throw new Error(`rows of one recipe are ${[...widths].join(" and ")} wide`);
    this.#width = width;
  }

  /**
   * Maps the segments and then checks the blocks that contain the rows. Handles signals and sockets meanwhile.
   *
   * @param finder a finder that has found every row undamaged before
   * @throws HeadlightError (1) if a row is now gone or damaged, or if the cache cannot be read
   */
  static async open(finder: RowFinder): Promise<MappedRows> {
    const { placed, files } = mapAll(finder);
    const blocks = blocksOf(placed);
    const rows = new Map<number, Mapped>();
    const turns = new Turns();
    for (const [number, segment] of placed.segments) {
      const { header, rowsAt, name } = segment;
      const bytes = valueOf(files, name).subarray(
        rowsAt,
        rowsAt + header.rows * header.width * Float32Array.BYTES_PER_ELEMENT,
      );
      for (const block of blocks.get(number) ?? []) {
        if (!isRightBlock(segment, block, bytes)) throw damaged(finder.folder);
      }
      rows.set(number, bytes);
      await turns.next();
    }
    return new MappedRows(placed, rows);
  }

  /** Returns the rows at these positions in the finder's table of digests. */
  at(positions: Int32Array): RowSource {
    const [width, rowBytes] = [this.#width, this.#width * Float32Array.BYTES_PER_ELEMENT];
    const { segmentOf, rowOf } = this.placed;
    return {
      count: positions.length,
      width,
      gather: (rows) => {
        const gathered = new Float32Array(rows.length * width);
        const bytes = new Uint8Array(gathered.buffer);
        rows.forEach((row, place) => {
          const position = at(positions, row);
          const from = at(rowOf, position) * rowBytes;
          bytes.set(valueOf(this.rows, at(segmentOf, position)).subarray(from, from + rowBytes), place * rowBytes);
        });
        return gathered;
      },
    };
  }
}

/** Maps all segments, by name, before anything is checked, so that few of them are merged meanwhile. */
function mapAll(finder: RowFinder): { placed: PlacedRows; files: ReadonlyMap<string, Mapped> } {
  const files = new Map<string, Mapped>();
  try {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      finder.refresh();
      const placed = finder.placed();
      if (placed.segmentOf.some((number) => number < 0)) break;
      for (const segment of placed.segments.values()) {
        if (files.has(segment.name)) continue;
        const bytes = mapFile(join(finder.folder, segment.name), sizeOfSegment(segment));
        if (bytes !== null) files.set(segment.name, bytes);
      }
      // A segment that is gone was merged into another one, which the next refresh finds.
      if ([...placed.segments.values()].every(({ name }) => files.has(name))) return { placed, files };
    }
  } catch (error) {
    throw explainCacheError(error, `cannot read features in ${finder.folder}`);
  }
  throw damaged(finder.folder);
}

/** Returns for each segment, by its number, the blocks that contain requested rows. */
function blocksOf({ segmentOf, rowOf }: PlacedRows): Map<number, Set<number>> {
  const blocks = new Map<number, Set<number>>();
  for (const [position, number] of segmentOf.entries()) {
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

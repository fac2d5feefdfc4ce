/**
 * Segment files: the feature rows of one recipe with the digests of their images. Written once, never changed.
 *
 *     magic and version   8 bytes
 *     length of the JSON  4 bytes, little-endian
 *     JSON                see `headerSchema`
 *     digests             rows × 32 bytes
 *     block hashes        one SHA-256 for each 32 rows
 *     seal                SHA-256 of everything above
 *     rows                rows × width float32, little-endian
 *
 * The seal covers the recipe and the hashes of the rows. Opening a segment therefore does not read its rows, and
 * reading rows verifies only the blocks that contain them.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { DIGEST_BYTES } from "./digest_table.ts";
import { provenanceSchema } from "./provenance.ts";

/** Increment this with any change to the format. */
export const SEGMENT_VERSION = 1;
/** The number of rows per block; each block has one hash. */
export const BLOCK_ROWS = 32;

const MAGIC = new TextEncoder().encode(`HLROWS${String(SEGMENT_VERSION).padStart(2, "0")}`);
const JSON_AT = MAGIC.length + 4;
const SHA256_BYTES = 32;
const FLOAT_BYTES = 4;
/** The number of bytes of blocks that are read at once. */
const PIECE_BYTES = 1 << 20;

const headerSchema = z.object({
  recipe: z.string(),
  width: z.int().min(1),
  rows: z.int().min(1),
  made_on: provenanceSchema,
});
export type SegmentHeader = z.infer<typeof headerSchema>;

/** A segment whose seal was verified. */
export interface Segment {
  readonly header: SegmentHeader;
  /** The digests of the images, one per row. */
  readonly digests: Uint8Array;
  readonly blockHashes: Uint8Array;
  /** The offset of the rows in the file, in bytes. */
  readonly rowsAt: number;
}

/** What is needed to read and check a segment's rows. */
export type SegmentRows = Pick<Segment, "header" | "blockHashes" | "rowsAt">;

/** A segment as the content of a file. */
export interface EncodedSegment {
  readonly bytes: Uint8Array;
  /** The seal in hex. Segments with the same seal are identical. */
  readonly seal: string;
}

/**
 * Encodes rows as a segment.
 *
 * @param digests the digests of the images, 32 bytes each, one per row
 * @param features float32, rows × width, row-major
 */
export function encodeSegment(
  header: Omit<SegmentHeader, "rows">,
  digests: Uint8Array,
  features: Float32Array,
): EncodedSegment {
  const rows = digests.length / DIGEST_BYTES;
  if (features.length !== rows * header.width) throw new RangeError(`${features.length} numbers for ${rows} rows`);
  const json = new TextEncoder().encode(JSON.stringify({ ...header, rows }));
  const { digestsAt, hashesAt, sealAt, rowsAt, end } = layout(json.length, rows, header.width);
  const bytes = new Uint8Array(end);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, json.length, true);
  bytes.set(json, JSON_AT);
  bytes.set(digests, digestsAt);
  bytes.set(new Uint8Array(features.buffer, features.byteOffset, features.byteLength), rowsAt);
  const blockBytes = BLOCK_ROWS * header.width * FLOAT_BYTES;
  for (let block = 0; block * BLOCK_ROWS < rows; block++) {
    const from = rowsAt + block * blockBytes;
    bytes.set(sha256(bytes.subarray(from, Math.min(end, from + blockBytes))), hashesAt + block * SHA256_BYTES);
  }
  const seal = sha256(bytes.subarray(0, sealAt));
  bytes.set(seal, sealAt);
  return { bytes, seal: seal.toString("hex") };
}

/** Opens a segment and verifies everything but its rows. Returns null if it is damaged or belongs to another recipe. */
export function openSegment(file: Deno.FsFile, recipe: string): Segment | null {
  const { size, isFile } = file.statSync();
  if (!isFile) return null;
  const start = readAt(file, 0, Math.min(size, JSON_AT));
  if (start.length < JSON_AT || MAGIC.some((byte, index) => start[index] !== byte)) return null;
  const jsonBytes = new DataView(start.buffer).getUint32(MAGIC.length, true);
  // A damaged file may claim any length. Comparing it with the file's size avoids a huge allocation.
  if (JSON_AT + jsonBytes > size) return null;
  const header = parseHeader(readAt(file, JSON_AT, jsonBytes));
  if (header?.recipe !== recipe) return null;
  const { digestsAt, hashesAt, sealAt, rowsAt, end } = layout(jsonBytes, header.rows, header.width);
  if (end !== size) return null;
  const head = readAt(file, 0, rowsAt);
  if (head.length < rowsAt || !sha256(head.subarray(0, sealAt)).equals(head.subarray(sealAt, rowsAt))) return null;
  return {
    header,
    digests: head.subarray(digestsAt, hashesAt),
    // A copy, so that keeping the hashes does not keep the digests in memory.
    blockHashes: head.slice(hashesAt, sealAt),
    rowsAt,
  };
}

/** Returns the number of the block that contains a row. */
export function blockOf(row: number): number {
  return Math.floor(row / BLOCK_ROWS);
}

/** Called with the number of a block's first row, and with its rows, or null if the block is damaged. */
export type OnBlock = (firstRow: number, block: Float32Array | null) => void;

/** Reads the blocks `from` (inclusive) to `to` (exclusive), several at a time, and verifies each. */
export function readBlocks(
  file: Deno.FsFile,
  { header: { rows, width }, blockHashes, rowsAt }: SegmentRows,
  from: number,
  to: number,
  onBlock: OnBlock,
): void {
  const rowBytes = width * FLOAT_BYTES;
  const blockBytes = BLOCK_ROWS * rowBytes;
  const atOnce = Math.max(1, Math.floor(PIECE_BYTES / blockBytes));
  for (let first = from; first < to; first += atOnce) {
    const last = Math.min(to, first + atOnce);
    const endRow = Math.min(rows, last * BLOCK_ROWS);
    const piece = readAt(file, rowsAt + first * blockBytes, endRow * rowBytes - first * blockBytes);
    for (let block = first; block < last; block++) {
      const blockEnd = Math.min(rows, (block + 1) * BLOCK_ROWS) * rowBytes - first * blockBytes;
      const bytes = piece.subarray((block - first) * blockBytes, blockEnd);
      const right = isHash(blockHashes, block, bytes);
      const floats = new Float32Array(piece.buffer, bytes.byteOffset, Math.floor(bytes.length / FLOAT_BYTES));
      onBlock(block * BLOCK_ROWS, right ? floats : null);
    }
  }
}

/**
 * Returns whether a block of rows is undamaged.
 * @param rows the bytes of all rows of the segment
 */
export function isRightBlock(
  { header: { width }, blockHashes }: SegmentRows,
  block: number,
  rows: Uint8Array,
): boolean {
  const blockBytes = BLOCK_ROWS * width * FLOAT_BYTES;
  return isHash(blockHashes, block, rows.subarray(block * blockBytes, (block + 1) * blockBytes));
}

function isHash(blockHashes: Uint8Array, block: number, bytes: Uint8Array): boolean {
  return sha256(bytes).equals(blockHashes.subarray(block * SHA256_BYTES, (block + 1) * SHA256_BYTES));
}

/** Returns the size of a segment's file in bytes. */
export function sizeOfSegment({ header: { rows, width }, rowsAt }: SegmentRows): number {
  return rowsAt + rows * width * FLOAT_BYTES;
}

/** The approximate size of the JSON of a segment, in bytes. */
const HEADER_BYTES = 1024;

/** Returns the approximate size of a segment in bytes. */
export function segmentBytes(rows: number, width: number): number {
  return layout(HEADER_BYTES, rows, width).end;
}

function parseHeader(bytes: Uint8Array): SegmentHeader | null {
  try {
    return headerSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
  } catch {
    // The header is not JSON, so the file is damaged.
    return null;
  }
}

function layout(jsonBytes: number, rows: number, width: number) {
  const digestsAt = JSON_AT + jsonBytes;
  const hashesAt = digestsAt + rows * DIGEST_BYTES;
  const sealAt = hashesAt + Math.ceil(rows / BLOCK_ROWS) * SHA256_BYTES;
  const rowsAt = sealAt + SHA256_BYTES;
  return { digestsAt, hashesAt, sealAt, rowsAt, end: rowsAt + rows * width * FLOAT_BYTES };
}

/** Returns up to `length` bytes, fewer at the end of the file. They start at the beginning of their buffer. */
function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const read = file.readSync(bytes.subarray(done));
    if (read === null) return bytes.slice(0, done);
    done += read;
  }
  return bytes;
}

function sha256(bytes: Uint8Array) {
  return createHash("sha256").update(bytes).digest();
}

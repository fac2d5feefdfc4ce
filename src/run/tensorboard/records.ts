/**
 * TFRecord, the format of event files: each record is its length, a checksum of the length, the data and a checksum of
 * the data, little-endian. See tensorflow/core/lib/io/record_writer.h.
 */
// Not fast-crc32c or @node-rs/crc32, which are native modules for some machines only.
// @ts-types="crc-32"
import crc32c from "crc-32/crc32c.js";

/** The number of bytes before the data: the length as uint64 and its checksum. */
const HEAD = 12;
/** The number of bytes of a checksum. */
const CHECKSUM = 4;
/** The maximum length of a record, in bytes. A run writes none that is longer, so a longer one is damaged. */
const MAX_BYTES = 64 * 1024 * 1024;
/** `kMaskDelta` of tensorflow/core/lib/hash/crc32c.h. */
const MASK = 0xa282ead8;

/** Returns the CRC32C, masked as in TFRecord, because the CRC of data that contain a CRC is weak. */
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0;
}

/** Returns the record with these data. */
export function recordOf(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD + data.length + CHECKSUM);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(data, HEAD);
  view.setUint32(HEAD + data.length, maskedChecksum(data), true);
  return record;
}

/** A record of a file: its data, and where it begins. */
export interface ReadRecord {
  readonly data: Uint8Array;
  readonly offset: number;
}

/**
 * Yields the records of a file up to the first one that is incomplete or damaged, where TensorBoard stops too. Returns
 * the offset at which the last sound record ends.
 */
export function* readRecords(file: Pick<Deno.FsFile, "readSync" | "seekSync">): Generator<ReadRecord, number, void> {
  const read = (offset: number, bytes: number): Uint8Array | null => {
    const buffer = new Uint8Array(bytes);
    file.seekSync(offset, Deno.SeekMode.Start);
    let length = 0;
    for (let more = file.readSync(buffer); more; more = file.readSync(buffer.subarray(length))) length += more;
    return length < bytes ? null : buffer;
  };
  for (let offset = 0;;) {
    const head = read(offset, HEAD);
    if (head === null) return offset;
    const view = new DataView(head.buffer);
    const length = Number(view.getBigUint64(0, true));
    if (view.getUint32(8, true) !== maskedChecksum(head.subarray(0, 8)) || length > MAX_BYTES) return offset;
    const body = read(offset + HEAD, length + CHECKSUM);
    const data = body?.subarray(0, length);
    if (!body || !data) return offset;
    if (new DataView(body.buffer).getUint32(length, true) !== maskedChecksum(data)) return offset;
    yield { data, offset };
    offset += HEAD + length + CHECKSUM;
  }
}

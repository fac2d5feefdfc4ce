/**
 * NumPy's .npy files, read whole or by range, and written. Own code: the libraries there are (npyjs, tfjs-npy) read a
 * file only as a whole, take a truncated, big-endian or Fortran-ordered one for good data, and write nothing.
 */
import { errorLine, HeadlightError } from "../../errors.ts";
import {
  encodeHeader,
  headerExtent,
  type NpyDtype,
  type NpyHeader,
  parseHeader,
  PREAMBLE_BYTES,
} from "./npy_header.ts";
import { isSystemError } from "../../files/system_error.ts";

export type NpyData = Uint8Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** Row-major (C order), little-endian. */
export interface NpyArray {
  readonly dtype: NpyDtype;
  readonly shape: readonly number[];
  readonly data: NpyData;
}

/** A .npy file whose header was read and whose length was found to be enough for it. */
export interface NpyFile extends NpyHeader {
  readonly path: string;
}

/**
 * Reads a file's header and checks its length.
 * @throws HeadlightError (2): missing, unreadable, no .npy, truncated, Fortran order, big-endian, another dtype.
 */
export function readNpyHeader(path: string): NpyFile {
  return withFile(path, (file) => {
    const { size } = file.statSync();
    const { start, end } = headerExtent(readAt(file, 0, PREAMBLE_BYTES), path);
    if (end > size) throw truncated(path, end, size);
    const header = parseHeader(new TextDecoder().decode(readAt(file, start, end - start)), end, path);
    const bytes = header.dataOffset + header.count * header.itemBytes;
    if (bytes > size) throw truncated(path, bytes, size);
    return { ...header, path };
  });
}

/** The elements from (inclusive) to (exclusive), a fresh copy. Throws HeadlightError (2) where the file got shorter. */
export function readNpyRange({ path, dtype, dataOffset, itemBytes }: NpyFile, from: number, to: number): NpyData {
  const offset = dataOffset + from * itemBytes, length = (to - from) * itemBytes;
  const bytes = withFile(path, (file) => readAt(file, offset, length));
  if (bytes.length < length) throw truncated(path, offset + length, offset + bytes.length);
  return view(bytes, dtype);
}

/** Reads what `encodeNpy` or NumPy made; the data is a fresh copy. Throws HeadlightError (2), which names `where`. */
export function decodeNpy(bytes: Uint8Array, where: string): NpyArray {
  const { start, end } = headerExtent(bytes.subarray(0, PREAMBLE_BYTES), where);
  if (end > bytes.length) throw truncated(where, end, bytes.length);
  const { dtype, shape, count, itemBytes } = parseHeader(
    new TextDecoder().decode(bytes.subarray(start, end)),
    end,
    where,
  );
  const total = end + count * itemBytes;
  if (total > bytes.length) throw truncated(where, total, bytes.length);
  return { dtype, shape, data: view(bytes.slice(end, total), dtype) };
}

/** The bytes of a .npy file. Throws RangeError where data, dtype and shape do not fit together. */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (count !== data.length || view(new Uint8Array(0), dtype).constructor !== data.constructor) {
    throw new RangeError(
      `${data.length} elements of ${data.constructor.name} are no ${dtype} array (${shape.join(", ")})`,
    );
  }
  const head = encodeHeader(dtype, shape);
  const file = new Uint8Array(head.length + bytes.length);
  file.set(head);
  file.set(bytes, head.length);
  return file;
}

/** Bytes that begin a buffer of their own, seen as elements. */
function view({ buffer }: Uint8Array<ArrayBuffer>, dtype: NpyDtype): NpyData {
  switch (dtype) {
    case "uint8":
      return new Uint8Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "int64":
      return new BigInt64Array(buffer);
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return new Float64Array(buffer);
  }
}

/** Reads an open file. What the system says against it is the person's to mend: it names the file. */
function withFile<T>(path: string, read: (file: Deno.FsFile) => T): T {
  try {
    using file = Deno.openSync(path);
    return read(file);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotFound) return new HeadlightError(`${path} is not there`);
  if (error instanceof Deno.errors.PermissionDenied) {
    return new HeadlightError(`${path} may not be read; chmod u+r it`);
  }
  // A folder can be opened like a file: only reading it fails.
  if (error instanceof Deno.errors.IsADirectory) {
    return new HeadlightError(`${path} is a folder; put a .npy file in its place`);
  }
  if (!isSystemError(error)) return error;
  const line = `${path} cannot be read (${errorLine(error)}); put a .npy file there that can be`;
  return new HeadlightError(line, 2, { cause: error });
}

/** Up to `length` bytes, fewer at the end of the file; they begin a buffer of their own. */
function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  let done = 0;
  while (done < length) {
    const read = file.readSync(bytes.subarray(done));
    if (read === null) return bytes.slice(0, done);
    done += read;
  }
  return bytes;
}

function truncated(where: string, expected: number, found: number): HeadlightError {
  return new HeadlightError(`${where} is truncated: ${expected} bytes expected, ${found} found; copy or save it again`);
}

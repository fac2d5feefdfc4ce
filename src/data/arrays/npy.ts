/**
 * NumPy's .npy files, read by range. Own code: the libraries there are (npyjs, tfjs-npy) read a file only as a whole and
 * take a truncated, big-endian or Fortran-ordered one for good data.
 */
import { count } from "../../counted.ts";
import { HeadlightError } from "../../errors.ts";
import {
  headerExtent,
  LONGEST_HEADER,
  type NpyDtype,
  type NpyHeader,
  parseHeader,
  PREAMBLE_BYTES,
} from "./npy_header.ts";
import { isSystemError, systemReason } from "../../files/system_error.ts";

export type NpyData = Uint8Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** A .npy file whose header was read and whose length was found to be enough for it. */
export interface NpyFile extends NpyHeader {
  readonly path: string;
}

/**
 * Reads a file's header and checks its length. Memory is taken for the header alone, at most 64 KB.
 * @throws HeadlightError (2): missing, unreadable, no .npy, truncated, longer than its array, Fortran order, big-endian,
 * another dtype.
 */
export function readNpyHeader(path: string): NpyFile {
  return withFile(path, (file) => {
    const { size } = file.statSync();
    const { start, end } = headerExtent(readAt(file, 0, PREAMBLE_BYTES), path);
    if (end - start > LONGEST_HEADER) throw longHeader(path, end - start);
    if (end > size) throw truncated(path, end, size);
    const header = parseHeader(new TextDecoder().decode(readAt(file, start, end - start)), end, path);
    const bytes = header.dataOffset + header.count * header.itemBytes;
    if (bytes > size) throw truncated(path, bytes, size);
    if (bytes < size) throw tooLong(path, header.shape, size - bytes);
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
    const { isFile, isDirectory } = Deno.statSync(path);
    // A folder is refused below. Opening a named pipe would wait for a writer, perhaps for ever.
    if (!isFile && !isDirectory) {
      throw new HeadlightError(`${path} is not a regular file; put a .npy file in its place`);
    }
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
  const line = `${path} cannot be read (${systemReason(error)}); put a .npy file there that can be`;
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

function longHeader(where: string, length: number): HeadlightError {
  const most = `at most ${LONGEST_HEADER} are expected`;
  return new HeadlightError(`${where} has a header of ${length} bytes, ${most}; save the array again with numpy.save`);
}

/** NumPy ignores what follows the array. A shape that was edited or a second array appended looks the same. */
function tooLong(where: string, shape: readonly number[], bytes: number): HeadlightError {
  const what = `${count(bytes, "byte", "bytes")} after its array of shape (${shape.join(", ")})`;
  return new HeadlightError(
    `${where} has ${what}: a wrong shape, or a second array; load what you need and save it again with numpy.save`,
  );
}

function truncated(where: string, expected: number, found: number): HeadlightError {
  return new HeadlightError(`${where} is truncated: ${expected} bytes expected, ${found} found; copy or save it again`);
}

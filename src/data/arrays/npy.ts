/**
 * Reads ranges of NumPy's .npy files. This is our own code because the libraries (npyjs, tfjs-npy) can only read whole
 * files and accept truncated, big-endian and Fortran-ordered files as valid.
 */
import { counted } from "../../counted.ts";
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

/** A .npy file whose header was read and whose length was checked. */
export interface NpyFile extends NpyHeader {
  readonly path: string;
}

/**
 * Reads a file's header and checks the file's length. Allocates memory for the header only, at most 64 KB.
 * @throws HeadlightError (2) if the file is missing, unreadable, not a .npy file, truncated, longer than its array, in
 * Fortran order, big-endian or of an unsupported dtype
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

/**
 * Returns the elements `from` (inclusive) to `to` (exclusive) as a new array.
 * @throws HeadlightError (2) if the file is now shorter than its header says
 */
export function readNpyRange({ path, dtype, dataOffset, itemBytes }: NpyFile, from: number, to: number): NpyData {
  const offset = dataOffset + from * itemBytes, length = (to - from) * itemBytes;
  const bytes = withFile(path, (file) => readAt(file, offset, length));
  if (bytes.length < length) throw truncated(path, offset + length, offset + bytes.length);
  return view(bytes, dtype);
}

/** Returns bytes as elements of this dtype. The bytes must start at the beginning of their buffer. */
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

/** Opens a file for a function that reads it. System errors become HeadlightErrors that name the file. */
function withFile<T>(path: string, read: (file: Deno.FsFile) => T): T {
  try {
    const { isFile, isDirectory } = Deno.statSync(path);
    // A folder is rejected when it is read. Opening a named pipe could block for ever.
    if (!isFile && !isDirectory) {
      throw new HeadlightError(`${path} is not a regular file. Replace it with a .npy file`);
    }
    using file = Deno.openSync(path);
    return read(file);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotFound) return new HeadlightError(`${path} does not exist`);
  if (error instanceof Deno.errors.PermissionDenied) {
    return new HeadlightError(`${path} cannot be read for lack of permission. Run chmod u+r on it`);
  }
  // Opening a folder succeeds; only reading it fails.
  if (error instanceof Deno.errors.IsADirectory) {
    return new HeadlightError(`${path} is a folder. Replace it with a .npy file`);
  }
  if (!isSystemError(error)) return error;
  const line = `${path} cannot be read (${systemReason(error)}). Replace it with a readable .npy file`;
  return new HeadlightError(line, 2, { cause: error });
}

/** Returns up to `length` bytes, fewer at the end of the file. They start at the beginning of their buffer. */
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
  const most = `more than the limit of ${LONGEST_HEADER}`;
  return new HeadlightError(`${where} has a header of ${length} bytes, ${most}. Save the array again with numpy.save`);
}

/**
 * NumPy ignores data after the array. Headlight rejects it, because the shape may have been edited or a second array
 * appended.
 */
function tooLong(where: string, shape: readonly number[], bytes: number): HeadlightError {
  const what = `${counted(bytes, "byte", "bytes")} after its array of shape (${shape.join(", ")})`;
  return new HeadlightError(
    `${where} has ${what}: the shape is wrong, or there is a second array. Load what you need and save it again with ` +
      "numpy.save",
  );
}

function truncated(where: string, expected: number, found: number): HeadlightError {
  return new HeadlightError(`${where} is truncated: ${expected} bytes expected, ${found} found. Copy or save it again`);
}

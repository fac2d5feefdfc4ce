/** Reads and writes whole .npy files. The program itself only reads them by range and never writes them. */
import { type NpyData, readNpyHeader, readNpyRange } from "../src/data/arrays/npy.ts";
import type { NpyDtype } from "../src/data/arrays/npy_header.ts";

/** The values in row-major (C) order, little-endian. */
export interface NpyArray {
  readonly dtype: NpyDtype;
  readonly shape: readonly number[];
  readonly data: NpyData;
}

/** Reads a whole file. Throws the errors of `readNpyHeader`. */
export function readNpy(path: string): NpyArray {
  const file = readNpyHeader(path);
  return { dtype: file.dtype, shape: file.shape, data: readNpyRange(file, 0, file.count) };
}

const CODES: Readonly<Record<NpyDtype, { readonly code: string; readonly made: new (length: number) => NpyData }>> = {
  uint8: { code: "|u1", made: Uint8Array },
  int32: { code: "<i4", made: Int32Array },
  int64: { code: "<i8", made: BigInt64Array },
  float32: { code: "<f4", made: Float32Array },
  float64: { code: "<f8", made: Float64Array },
};

/** Returns the bytes of a .npy file of version 1.0. Throws RangeError if data, dtype and shape do not match. */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const { code, made } = CODES[dtype];
  if (shape.reduce((product, size) => product * size, 1) !== data.length || data.constructor !== made) {
    throw new RangeError(`${data.length} elements of ${data.constructor.name} are no ${dtype} array (${shape})`);
  }
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The data begins at a multiple of 64 bytes, as NumPy aligns it.
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + length + data.byteLength);
  file.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(file.buffer).setUint16(8, length, true);
  file.set(new TextEncoder().encode(`${dict.padEnd(length - 1)}\n`), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return file;
}

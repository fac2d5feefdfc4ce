/** Parses the header of a .npy file: dtype, shape and the offset of the data. Format: numpy.lib.format, 1.0 to 3.0. */
import { HeadlightError } from "../../errors.ts";

/** The dtypes that Headlight reads, by NumPy's type codes (little-endian; a single byte has no byte order). */
const DTYPES = {
  "|u1": { dtype: "uint8", bytes: 1 },
  "<i4": { dtype: "int32", bytes: 4 },
  "<i8": { dtype: "int64", bytes: 8 },
  "<f4": { dtype: "float32", bytes: 4 },
  "<f8": { dtype: "float64", bytes: 8 },
} as const;
export type NpyDtype = (typeof DTYPES)[keyof typeof DTYPES]["dtype"];

export interface NpyHeader {
  readonly dtype: NpyDtype;
  readonly itemBytes: number;
  readonly shape: readonly number[];
  /** The number of elements: the product of the shape. */
  readonly count: number;
  /** The offset of the first element in the file, in bytes. */
  readonly dataOffset: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** The length, in bytes, of the magic string, the version and the longer form of the header's length. */
export const PREAMBLE_BYTES = 12;
/** The maximum length of a header's text, in bytes: what version 1.0 can hold. NumPy itself reads at most 10,000. */
export const LONGEST_HEADER = 65_535;

/**
 * Returns the start and end of the header's text, in bytes, from the file's first PREAMBLE_BYTES bytes.
 * @throws HeadlightError (2) if this is not a .npy file of a known version
 */
export function headerExtent(preamble: Uint8Array, where: string): { start: number; end: number } {
  if (preamble.length < PREAMBLE_BYTES || MAGIC.some((byte, index) => preamble[index] !== byte)) {
    throw new HeadlightError(`${where} is not a .npy file. Save the array with numpy.save`);
  }
  const view = new DataView(preamble.buffer, preamble.byteOffset);
  const version = view.getUint8(6);
  if (version < 1 || version > 3) {
    throw new HeadlightError(
      `${where} has .npy version ${version}; versions 1 to 3 are supported. Save it with numpy.save`,
    );
  }
  const start = version === 1 ? 10 : 12;
  return { start, end: start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)) };
}

/** The array has a dtype that Headlight cannot read. */
export class UnreadableDtype extends HeadlightError {
  /** @param code NumPy's type code, such as `<U3` */
  constructor(message: string, readonly code: string) {
    super(message);
  }
}

/**
 * Parses the header's text, a Python dict as NumPy writes it.
 * @throws HeadlightError (2) if the layout or dtype is not supported, with the remedy
 */
export function parseHeader(text: string, dataOffset: number, where: string): NpyHeader {
  const dtype = dtypeOf(text, where);
  if (/'fortran_order'\s*:\s*True/.test(text)) {
    throw new HeadlightError(`${where} is in Fortran order. Save it with numpy.ascontiguousarray(array)`);
  }
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (dimensions === undefined) throw malformed(where);
  // Python 2 wrote long integers with an L.
  const shape = dimensions.split(",").map((size) => size.trim().replace("L", "")).filter(Boolean).map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count * dtype.bytes)) throw malformed(where);
  return { dtype: dtype.dtype, itemBytes: dtype.bytes, shape, count, dataOffset };
}

function dtypeOf(text: string, where: string): (typeof DTYPES)[keyof typeof DTYPES] {
  const descriptor = /'descr'\s*:\s*('[^']*'|\[)/.exec(text)?.[1];
  if (descriptor === undefined) throw malformed(where);
  const code = descriptor.replaceAll("'", "");
  for (const [known, dtype] of Object.entries(DTYPES)) if (known === code) return dtype;
  if (code.startsWith(">")) {
    throw new HeadlightError(
      `${where} is big-endian (${code}). Save it with array.astype(array.dtype.newbyteorder("<"))`,
    );
  }
  throw new UnreadableDtype(
    `${where} holds ${
      dtypeName(code)
    }; the supported types are uint8, int32, int64, float32 and float64. Convert it with array.astype(...)`,
    code,
  );
}

/** Returns NumPy's name for a type code, for example bool for |b1. */
function dtypeName(code: string): string {
  if (code === "[") return "a structured type";
  if (code === "|O") return "Python objects";
  if (/^[<>|=]?[USa]\d*$/.test(code)) return `text (${code})`;
  const kinds: Record<string, string> = { b: "bool", i: "int", u: "uint", f: "float", c: "complex" };
  const [, kind = "", bytes = ""] = /^[<|=]?([a-zA-Z])(\d*)/.exec(code) ?? [];
  const name = kinds[kind];
  if (name === undefined) return `the type ${code}`;
  return kind === "b" ? name : `${name}${Number(bytes) * 8}`;
}

function malformed(where: string): HeadlightError {
  return new HeadlightError(`${where} has a header that cannot be read. Save the array again with numpy.save`);
}

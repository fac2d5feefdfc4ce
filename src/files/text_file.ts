/** Text files that people write, with whatever editor they have. */
import { Buffer } from "node:buffer";
import { HeadlightError } from "../errors.ts";
import { systemReason } from "./system_error.ts";

/** The encodings that a byte-order mark tells; Windows PowerShell writes UTF-16 by default. */
const MARKED = [
  { mark: [0xff, 0xfe], encoding: "utf-16le" },
  { mark: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/**
 * Returns bytes as text without a byte-order mark: UTF-8, or UTF-16 if its mark is there.
 * @param where names the file in the error
 * @throws HeadlightError (2) if the bytes are no such text
 */
function decodeText(bytes: Uint8Array, where: string): string {
  const marked = MARKED.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  try {
    return new TextDecoder(marked?.encoding ?? "utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new HeadlightError(`${where} is not UTF-8 text; save it with the encoding UTF-8`, 2, { cause: error });
  }
}

/**
 * Reads a text file whole, and at most one byte more than allowed: a device or a pipe may never end.
 * @param where names the file in errors
 * @throws HeadlightError (2) if it is too long or no text; Deno.errors if it cannot be read
 */
export function readTextFile(path: string, where: string, maxBytes: number): string {
  using file = Deno.openSync(path);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (const buffer = new Uint8Array(65_536); length <= maxBytes;) {
    const read = file.readSync(buffer.subarray(0, Math.min(buffer.length, maxBytes + 1 - length)));
    if (read === null) return decodeText(Buffer.concat(pieces, length), where);
    pieces.push(buffer.slice(0, read));
    length += read;
  }
  throw new HeadlightError(`${where} is longer than ${maxBytes} bytes; give a text file`);
}

/** Returns what is wrong with a file, for an error that names it already. */
export function readingProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "is a folder, not a file";
  return `cannot be read (${systemReason(error)})`;
}

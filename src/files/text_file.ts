/** Reads text files that people wrote with any editor. */
import { Buffer } from "node:buffer";
import { HeadlightError } from "../errors.ts";
import { systemReason } from "./system_error.ts";

/** The encodings that are recognized by a byte-order mark. Windows PowerShell writes UTF-16 by default. */
const MARKED = [
  { mark: [0xff, 0xfe], encoding: "utf-16le" },
  { mark: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/**
 * Decodes bytes as text and removes a byte-order mark. The encoding is UTF-16 if the mark says so, otherwise UTF-8.
 * @param where the file's name for the error message
 * @throws HeadlightError (2) if the bytes are not valid text in that encoding
 */
function decodeText(bytes: Uint8Array, where: string): string {
  const marked = MARKED.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  try {
    return new TextDecoder(marked?.encoding ?? "utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new HeadlightError(`${where} is not UTF-8 text. Save it with the encoding UTF-8`, 2, { cause: error });
  }
}

/**
 * Reads a whole text file. Never reads more than one byte beyond the limit, because a device or a pipe may never end.
 * @param where the file's name for error messages
 * @throws HeadlightError (2) if the file is too long or not text; Deno.errors if it cannot be read
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
  throw new HeadlightError(`${where} is longer than ${maxBytes} bytes. Use a text file`);
}

/** Returns what is wrong with a file, for an error message that already names the file. */
export function readingProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "is a folder, not a file";
  return `cannot be read (${systemReason(error)})`;
}

/** Reads image files into memory, up to a limit. */
import prettyBytes from "pretty-bytes";
import { BrokenImageError, MOST_PIXELS } from "./decoders/image.ts";

/** The maximum size of a file in bytes: that of the largest image, uncompressed at 32 bits per pixel. */
export const MOST_BYTES = MOST_PIXELS * 4;

/**
 * Reads a file. Other than a regular file, a pipe or a device such as /dev/zero has no known size and is read up to the
 * limit.
 *
 * @throws BrokenImageError if the file is longer than `most` bytes; Deno.errors if it cannot be read
 */
export async function readImageFile(path: string, most = MOST_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const { isFile, size } = Deno.statSync(path);
  if (isFile && size <= most) return await Deno.readFile(path);
  const tooLong = new BrokenImageError(`the file is longer than the limit of ${prettyBytes(most)}`);
  if (isFile) throw tooLong;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  using file = await Deno.open(path);
  for await (const piece of file.readable) {
    pieces.push(piece);
    length += piece.length;
    if (length > most) throw tooLong;
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

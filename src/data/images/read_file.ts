/** Reads image files into memory, up to a limit. */
import prettyBytes from "pretty-bytes";
import { BrokenImageError, MOST_PIXELS } from "./decoders/image.ts";

/** What the largest image takes uncompressed, at 32 bits per pixel. */
export const MOST_BYTES = MOST_PIXELS * 4;

/**
 * Reads a file. What is no regular file, such as a pipe from another program or /dev/zero, has no size beforehand and is
 * read up to the limit.
 *
 * @throws BrokenImageError where it is longer than `most` bytes; Deno.errors where it cannot be read
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

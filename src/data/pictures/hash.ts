/** What a file is, whatever its name. */
import { createHash } from "node:crypto";

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const PIECE_BYTES = 262_144;

/**
 * `hashOf` of files, one after the other, through one buffer: reading each whole would leave the size of the data set as
 * garbage behind. What cannot be read has the hash of nothing; the decoder finds it broken.
 */
export async function hashFiles(paths: readonly string[]): Promise<string[]> {
  const piece = new Uint8Array(PIECE_BYTES);
  const hashes: string[] = [];
  for (const path of paths) {
    hashes.push(await hashFile(path, piece).catch(() => hashOf(new Uint8Array())));
  }
  return hashes;
}

async function hashFile(path: string, piece: Uint8Array): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  for (let length = await file.read(piece); length !== null; length = await file.read(piece)) {
    hash.update(piece.subarray(0, length));
  }
  return hash.digest("hex");
}

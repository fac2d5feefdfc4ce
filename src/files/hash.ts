/** Checksums of files. */
import { createHash } from "node:crypto";

export interface Checksum {
  readonly algorithm: "md5" | "sha256";
  /** Lower case. */
  readonly hex: string;
}

/** A file's checksum in hex, read piece by piece. */
export async function fileHash(path: string, algorithm: Checksum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  // Reading to the end, or failing to, closes the file.
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}

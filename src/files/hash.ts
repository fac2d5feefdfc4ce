/** Checksums of files. */
import { createHash } from "node:crypto";

export interface Checksum {
  readonly algorithm: "md5" | "sha256";
  /** In lower case. */
  readonly hex: string;
}

/** Returns a file's checksum in lower-case hex. Reads the file in pieces. */
export async function fileHash(path: string, algorithm: Checksum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  // The stream closes the file at its end and after an error.
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}

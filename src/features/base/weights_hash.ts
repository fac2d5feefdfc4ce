/** The SHA-256 by which a weights file is known. */
import { HeadlightError } from "../../errors.ts";
import { fileHash } from "../../files/hash.ts";
import { explainSystemError } from "../../files/system_error.ts";

/**
 * A weights file's SHA-256 in hex, read piece by piece.
 * @throws HeadlightError where it is not there (exit status 2) or cannot be read (1).
 */
export async function weightsHash(path: string): Promise<string> {
  try {
    return await fileHash(path, "sha256");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new HeadlightError(`${path}: there is no such weights file`);
    throw explainSystemError(error, `reading the weights file ${path}`);
  }
}

/** The SHA-256 that identifies a weights file. */
import { HeadlightError } from "../../errors.ts";
import { fileHash } from "../../files/hash.ts";
import { explainSystemError } from "../../files/system_error.ts";

/**
 * Returns a weights file's SHA-256 in hex. Reads the file in pieces.
 * @throws HeadlightError if the file does not exist (exit status 2) or cannot be read (1)
 */
export async function weightsHash(path: string): Promise<string> {
  try {
    return await fileHash(path, "sha256");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new HeadlightError(
        `${path}: no such file, and the base's weights are in it. Put the file back in its place.`,
      );
    }
    throw explainSystemError(error, `reading the weights file ${path}`);
  }
}

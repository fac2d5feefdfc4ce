/** What a file is, whatever its name. */
import { createHash } from "node:crypto";
import { isSystemError } from "../../files/system_error.ts";

/** SHA-256 in hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const PIECE_BYTES = 262_144;

/** `hashOf` of files, through one buffer: reading each whole would leave the size of the data set as garbage behind. */
export class FileHasher {
  readonly #piece = new Uint8Array(PIECE_BYTES);

  /** Returns a file's hash, or null where it cannot be read. One call at a time. */
  async hash(path: string): Promise<string | null> {
    try {
      using file = await Deno.open(path);
      const hash = createHash("sha256");
      for (let length = await file.read(this.#piece); length !== null; length = await file.read(this.#piece)) {
        hash.update(this.#piece.subarray(0, length));
      }
      return hash.digest("hex");
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }
}

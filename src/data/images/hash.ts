/** Hashes that identify an image file's content, whatever its name. */
import { createHash } from "node:crypto";
import { isSystemError } from "../../files/system_error.ts";
import { isOwnFormat, type OwnFormat } from "./decoder_version.ts";
import { FIRST_BYTES, formatOf } from "./format.ts";

/**
 * The SHA-256 of the content in hex. If the format has its own decoder, a space and the format follow, so that features
 * of these files depend on the version of that decoder only.
 */
export type FileHash = string;

/** Returns the hash of a file's content. */
export function hashOf(bytes: Uint8Array): FileHash {
  return withFormat(createHash("sha256").update(bytes).digest("hex"), bytes);
}

/** Returns the format that a hash names, or null if sharp decodes the file or no decoder can. */
export function formatIn(hash: FileHash): OwnFormat | null {
  const format = hash.split(" ")[1];
  return isOwnFormat(format) ? format : null;
}

/** Returns only the SHA-256 of the content, in hex. */
export function contentIn(hash: FileHash): string {
  const [content = ""] = hash.split(" ");
  return content;
}

function withFormat(hex: string, start: Uint8Array): FileHash {
  const format = formatOf(start);
  return isOwnFormat(format) ? `${hex} ${format}` : hex;
}

const PIECE_BYTES = 262_144;

/**
 * Computes `hashOf` for files. Reuses one buffer, because reading each file whole would allocate the size of the data
 * set.
 */
export class FileHasher {
  readonly #piece = new Uint8Array(PIECE_BYTES);

  /** Returns a file's hash, or null if it cannot be read. Only one call may run at a time. */
  async hash(path: string): Promise<FileHash | null> {
    try {
      using file = await Deno.open(path);
      const hash = createHash("sha256");
      let start: Uint8Array | null = null;
      for (let length = await file.read(this.#piece); length !== null; length = await file.read(this.#piece)) {
        const piece = this.#piece.subarray(0, length);
        start ??= piece.slice(0, FIRST_BYTES);
        hash.update(piece);
      }
      return withFormat(hash.digest("hex"), start ?? new Uint8Array());
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }
}

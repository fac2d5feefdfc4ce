/** Hashes that identify an image file's content, whatever its name. */
import { createHash } from "node:crypto";
import { isSystemError } from "../../files/system_error.ts";
import { isOwnFormat, type OwnFormat } from "./decoder_version.ts";
import { JpegHeader } from "./decoders/jpeg_header.ts";
import { FIRST_BYTES, formatOf } from "./format.ts";

/**
 * The SHA-256 of the content in hex. If the format has its own version (`OwnFormat`), a space and the format follow, so
 * that features of these files depend on that version only.
 */
export type FileHash = string;

/** Returns the hash of a file's content. */
export function hashOf(bytes: Uint8Array): FileHash {
  const format = new FormatFinder();
  format.push(bytes);
  return format.hash(createHash("sha256").update(bytes).digest("hex"));
}

/**
 * Returns the format that a hash names, or null if the file has the version of all others or no decoder can read it.
 */
export function formatIn(hash: FileHash): OwnFormat | null {
  const format = hash.split(" ")[1];
  return isOwnFormat(format) ? format : null;
}

/** Returns only the SHA-256 of the content, in hex. */
export function contentIn(hash: FileHash): string {
  const [content = ""] = hash.split(" ");
  return content;
}

/** Finds the format that belongs to a file's hash while the file is read. */
class FormatFinder {
  #format: string | null | undefined;
  #jpeg: JpegHeader | null = null;

  /** Takes the next bytes of the file. The first call must have as many as `formatOf` reads, or the whole file. */
  push(bytes: Uint8Array): void {
    if (this.#format === undefined) {
      this.#format = formatOf(bytes.subarray(0, FIRST_BYTES));
      if (this.#format === "jpeg") this.#jpeg = new JpegHeader();
    }
    this.#jpeg?.push(bytes);
  }

  hash(hex: string): FileHash {
    const format = (this.#jpeg?.cmyk ?? null) === null ? this.#format : "cmyk";
    return isOwnFormat(format) ? `${hex} ${format}` : hex;
  }
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
      const format = new FormatFinder();
      for (let length = await file.read(this.#piece); length !== null; length = await file.read(this.#piece)) {
        const piece = this.#piece.subarray(0, length);
        format.push(piece);
        hash.update(piece);
      }
      return format.hash(hash.digest("hex"));
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }
}

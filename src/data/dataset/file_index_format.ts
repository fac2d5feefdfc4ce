/**
 * The file of an index of a data folder's files: a line of JSON with the version and the folder, one for each file, and
 * the SHA-256 of these lines. It is read and written line by line, because a million files make 150 MB.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { writeFileAtomicSync } from "../../files/atomic.ts";
import { isRegularFile } from "../../files/stored.ts";
import { isSystemError } from "../../files/system_error.ts";
import { LineReader } from "../../line_reader.ts";

/** Increment this with any change to the format or to how a file's digest is computed. */
const VERSION = 5;

const headerSchema = z.object({ version: z.literal(VERSION), folder: z.string() });
const lineSchema = z.tuple([
  /** The path relative to the folder. */
  z.string(),
  /** The text that shows whether the file has changed. */
  z.string(),
  /** The file's digest, or the digests of all images in it, concatenated. */
  z.string(),
]);

/** What is known of a file. */
export interface IndexEntry {
  readonly facts: string;
  readonly digest: string;
}
export type IndexEntries = ReadonlyMap<string, IndexEntry>;

const PIECE_BYTES = 1 << 20;
/** A folder's path has at most 4,096 bytes, six times as many where JSON escapes each. */
const MOST_HEADER_BYTES = 32_768;
/** Paths are shorter, and so are the digests of a file with images in it: a million images make 64 MB. */
const MOST_LINE_BYTES = 512 * 1024 * 1024;
/** Lines that are written at once. */
const LINES_PER_PIECE = 4096;

/** Writes an index atomically. */
export function writeIndex(path: string, folder: string, entries: Iterable<readonly [string, IndexEntry]>): void {
  writeFileAtomicSync(path, pieces(folder, entries));
}

/** Reads an index. It is empty if the file does not exist, is damaged, or is of another version or folder. */
export function readIndex(path: string, folder: string): IndexEntries {
  if (!isRegularFile(path)) return new Map();
  try {
    using file = Deno.openSync(path, { read: true });
    return new IndexReader(folder).read(file) ?? new Map();
  } catch (error) {
    if (isSystemError(error)) return new Map();
    throw error;
  }
}

/** Returns the folder whose files an index lists, without reading the list; null if it is none of this version. */
export function indexedFolder(path: string): string | null {
  if (!isRegularFile(path)) return null;
  try {
    using file = Deno.openSync(path, { read: true });
    const start = new Uint8Array(MOST_HEADER_BYTES);
    const length = file.readSync(start) ?? 0;
    const [line = ""] = new TextDecoder().decode(start.subarray(0, length)).split("\n");
    return headerSchema.safeParse(parsed(line)).data?.folder ?? null;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

function* pieces(folder: string, entries: Iterable<readonly [string, IndexEntry]>): Generator<Uint8Array> {
  const seal = createHash("sha256");
  const sealed = (lines: readonly unknown[]) => {
    const piece = new TextEncoder().encode(lines.map((line) => JSON.stringify(line) + "\n").join(""));
    seal.update(piece);
    return piece;
  };
  yield sealed([{ version: VERSION, folder }]);
  let lines: unknown[] = [];
  for (const [name, { facts, digest }] of entries) {
    lines.push([name, facts, digest]);
    if (lines.length < LINES_PER_PIECE) continue;
    yield sealed(lines);
    lines = [];
  }
  yield sealed(lines);
  yield new TextEncoder().encode(`${seal.digest("hex")}\n`);
}

class IndexReader {
  readonly #entries = new Map<string, IndexEntry>();
  readonly #seal = createHash("sha256");
  #lines = 0;
  #state: "open" | "sealed" | "damaged" = "open";

  constructor(private readonly folder: string) {}

  read(file: Deno.FsFile): IndexEntries | null {
    const reader = new LineReader({
      maxBytes: MOST_LINE_BYTES,
      onLine: (line) => this.#state = this.#isRight(line) ? this.#state : "damaged",
      onTooLong: () => this.#state = "damaged",
    });
    const piece = new Uint8Array(PIECE_BYTES);
    for (let length = file.readSync(piece); length !== null; length = file.readSync(piece)) {
      reader.push(piece.subarray(0, length));
      if (this.#state === "damaged") return null;
    }
    return this.#state === "sealed" ? this.#entries : null;
  }

  #isRight(line: string): boolean {
    // Nothing follows the seal.
    if (this.#state !== "open") return false;
    if (!/^[[{]/.test(line)) {
      if (line !== this.#seal.digest("hex")) return false;
      this.#state = "sealed";
      return true;
    }
    this.#seal.update(line + "\n");
    const value = parsed(line);
    if (this.#lines++ === 0) return headerSchema.safeParse(value).data?.folder === this.folder;
    const { data } = lineSchema.safeParse(value);
    if (!data) return false;
    const [name, facts, digest] = data;
    this.#entries.set(name, { facts, digest });
    return true;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

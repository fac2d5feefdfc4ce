/**
 * What is known of a data folder's files without reading them: size, times and inode → digests of the content. A file
 * whose facts have changed is read again. The index is only a memory: where it is damaged, of another version or of
 * another folder, it is built anew.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LEFT_AFTER_MS, removeIfThere, sweepAsides, writeFileAtomicSync } from "../../files/atomic.ts";
import { isSystemError } from "../../files/system_error.ts";
import { isRegularFile } from "../../files/stored.ts";

/** Increment this with any change to the format or to what a file's digest is. */
const VERSION = 2;

/**
 * A file that was modified less than this before it was looked at may be modified again without a change of its times:
 * file systems count in steps of up to two seconds. It is read again next time, as git does with "racy" files.
 */
const RACY_MS = 2500;

const SEAL_LENGTH = 64;

/** Folders whose files are remembered; those that have not changed for longest are forgotten. */
const KEPT = 100;

const entrySchema = z.tuple([
  /** From the folder on. */
  z.string(),
  /** The facts that `factsOf` gives. */
  z.string(),
  /** The digest, or those of all that the file holds, one after the other. */
  z.string(),
]);
const indexSchema = z.object({ version: z.literal(VERSION), folder: z.string(), entries: z.array(entrySchema) });

export class FileIndex {
  readonly #entries = new Map<string, { readonly facts: string; readonly digest: string }>();
  /** Names that were asked for. */
  readonly #asked = new Set<string>();
  #changed = false;

  /**
   * Reads the index of a folder, empty where there is none that can be trusted.
   *
   * @param path the index file
   * @param nowMs the wall clock
   */
  constructor(
    private readonly path: string,
    private readonly folder: string,
    private readonly nowMs: () => number = Date.now,
  ) {
    for (const [name, facts, digest] of readEntries(path, folder)) this.#entries.set(name, { facts, digest });
  }

  /**
   * Returns the digest of a file, from the index where the file is unchanged.
   *
   * @param name from the folder on
   * @param compute reads the file; gives null where it cannot be read, which is not remembered
   */
  async digestOf(name: string, compute: () => Promise<string | null>): Promise<string | null> {
    this.#asked.add(name);
    const path = join(this.folder, name);
    const before = factsOf(path);
    const known = this.#entries.get(name);
    if (before && known?.facts === before.text) return known.digest;
    const lookedAtMs = this.nowMs();
    const digest = await compute();
    const after = factsOf(path);
    const settled = before !== null && after?.text === before.text && before.changedMs < lookedAtMs - RACY_MS;
    if (digest !== null && settled) {
      this.#entries.set(name, { facts: before.text, digest });
      this.#changed = true;
    } else if (this.#entries.delete(name)) this.#changed = true;
    return digest;
  }

  /**
   * Writes the index where it has changed. An index that cannot be written costs the next run the reading: no error.
   *
   * @param whole every file of the folder was asked for: the others are gone and are dropped
   */
  save(whole: boolean): void {
    if (whole) {
      for (const name of this.#entries.keys()) {
        if (!this.#asked.has(name)) this.#changed = this.#entries.delete(name);
      }
    }
    if (!this.#changed) return;
    const entries = [...this.#entries].map(([name, { facts, digest }]) => [name, facts, digest]);
    const text = JSON.stringify({ version: VERSION, folder: this.folder, entries }) + "\n";
    try {
      writeFileAtomicSync(this.path, text + sealOf(text));
      this.#changed = false;
      forgetOldest(dirname(this.path));
      sweepAsides(dirname(this.path), LEFT_AFTER_MS);
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}

function forgetOldest(folder: string): void {
  const paths = [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".json"))
    .map(({ name }) => join(folder, name));
  if (paths.length <= KEPT) return;
  const changedMs = (path: string) => Deno.statSync(path).mtime?.getTime() ?? 0;
  const newestFirst = paths.map((path) => ({ path, ms: changedMs(path) })).sort((one, other) => other.ms - one.ms);
  for (const { path } of newestFirst.slice(KEPT)) removeIfThere(path);
}

function sealOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function readEntries(path: string, folder: string): z.infer<typeof entrySchema>[] {
  if (!isRegularFile(path)) return [];
  let file: string;
  try {
    file = Deno.readTextFileSync(path);
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
  const text = file.slice(0, -SEAL_LENGTH);
  if (sealOf(text) !== file.slice(-SEAL_LENGTH)) return [];
  const index = indexSchema.safeParse(JSON.parse(text)).data;
  return index?.folder === folder ? index.entries : [];
}

/**
 * What a changed file would not have in common with the file it was; null where there is no such file. Not asked for
 * asynchronously: that takes ten times as long as the answer.
 */
function factsOf(path: string): { text: string; changedMs: number } | null {
  try {
    const { size, mtime, ctime, ino, dev } = Deno.statSync(path);
    const times = [mtime, ctime].map((time) => time?.getTime() ?? Infinity);
    // The time of the last change of the inode is not for anyone to set: it tells of files put in place with old times.
    return { text: [size, ...times, ino, dev].join(" "), changedMs: Math.max(...times) };
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

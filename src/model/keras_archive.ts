/** Reads Keras 3's .keras files: zip files with config.json, metadata.json and model.weights.h5. */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { z } from "zod";
import { HeadlightError } from "../errors.ts";

/** The first bytes of every zip file that has an entry. */
export const ZIP_SIGNATURE = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);

const CONFIG = "config.json";
const METADATA = "metadata.json";
const WEIGHTS = "model.weights.h5";
/** The largest config that is read. It has about a kilobyte per layer. */
export const MOST_CONFIG_BYTES = 1 << 24;
/** The weights of the largest base, with the two values per weight that an optimizer keeps. */
const MOST_WEIGHTS_BYTES = 1.5e9;
/** A larger file that is compressed by more than this is not one of weights. */
const MOST_EXPANSION = 100;
const ALWAYS_EXPANDED_BYTES = 1 << 26;

/** What a .keras file contains besides its weights. */
export interface KerasArchive {
  readonly config: unknown;
  /** The version of Keras that wrote it, or null if it does not say. */
  readonly kerasVersion: string | null;
  /** The names of the classes that Headlight writes into the metadata of what it exports; null in other files. */
  readonly classNames: readonly string[] | null;
}

const metadataSchema = z.looseObject({
  keras_version: z.string().nullable().catch(null),
  class_names: z.array(z.string()).nullable().catch(null),
}).catch({ keras_version: null, class_names: null });

/**
 * Reads the config and the metadata.
 *
 * @throws HeadlightError if the file is damaged or not written by Keras; its message does not name the file
 */
export function readKerasArchive(path: string): Promise<KerasArchive> {
  return withEntries(path, async (zip, entries) => {
    const config = parsed(CONFIG, await bytesOf(zip, needed(entries, CONFIG), MOST_CONFIG_BYTES));
    const metadata = entries.get(METADATA);
    const facts = metadata ? parsed(METADATA, await bytesOf(zip, metadata, MOST_CONFIG_BYTES)) : {};
    const { keras_version: kerasVersion, class_names: classNames } = metadataSchema.parse(facts);
    return { config, kerasVersion, classNames };
  });
}

/**
 * Writes the HDF5 file with the weights to `target`.
 *
 * @throws HeadlightError as `readKerasArchive` does
 */
export function extractWeights(path: string, target: string): Promise<void> {
  return withEntries(path, async (zip, entries) => {
    using file = await Deno.open(target, { write: true, create: true });
    await stream(zip, needed(entries, WEIGHTS), MOST_WEIGHTS_BYTES, (chunk) => {
      for (let written = 0; written < chunk.length;) written += file.writeSync(chunk.subarray(written));
    });
  });
}

async function withEntries<T>(
  path: string,
  read: (zip: ZipFile, entries: ReadonlyMap<string, Entry>) => Promise<T>,
): Promise<T> {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) {
      if ([CONFIG, METADATA, WEIGHTS].includes(entry.fileName)) entries.set(entry.fileName, entry);
    }
    return await read(zip, entries);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw damaged((error instanceof Error ? error.message : String(error)).replace(/\.$/, ""), error);
  } finally {
    zip?.close();
  }
}

function needed(entries: ReadonlyMap<string, Entry>, name: string): Entry {
  const entry = entries.get(name);
  if (entry) return entry;
  throw new HeadlightError(`it has no ${name}. Use a file that model.save("model.keras") wrote.`);
}

async function bytesOf(zip: ZipFile, entry: Entry, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await stream(zip, entry, most, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks);
}

async function stream(zip: ZipFile, entry: Entry, most: number, take: (chunk: Uint8Array) => void): Promise<void> {
  const { fileName, uncompressedSize: size, compressedSize } = entry;
  if (size > most || (size > ALWAYS_EXPANDED_BYTES && size > MOST_EXPANSION * compressedSize)) {
    throw new HeadlightError(`its ${fileName} claims a size of ${size} bytes, which is too large.`);
  }
  let checksum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a zip entry is read as bytes");
    take(chunk);
    checksum = crc32(chunk, checksum);
  }
  // yauzl checks the size and leaves the checksum to its caller.
  if (checksum !== entry.crc32) throw damaged(`the checksum of ${fileName} is wrong`);
}

function parsed(name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(`${name} is not JSON`, error);
  }
}

function damaged(why: string, cause?: unknown): HeadlightError {
  return new HeadlightError(`the file is damaged (${why}). Download or copy it again.`, 2, { cause });
}

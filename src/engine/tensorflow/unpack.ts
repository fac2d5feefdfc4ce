/** Unpacks the needed parts of a wheel as a stream: the largest file is 0.8 GB and never in memory at once. */
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise } from "yauzl";

export interface UnpackOptions {
  /** Where an entry goes below the folder, or null to leave it out. */
  readonly placeOf: (entry: string) => string | null;
  /** Bytes written so far, of how many. */
  readonly onBytes: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the chosen entries of a zip file below `folder` and returns their paths below it. Checksums inside the zip are
 * not looked at: its own hash has been checked. Throws yauzl's error where the file is no zip file or is cut short.
 */
export async function unpack(zip: string, folder: string, options: UnpackOptions): Promise<string[]> {
  const archive = await openPromise(zip, { lazyEntries: true, autoClose: false });
  try {
    const chosen: { entry: Entry; place: string }[] = [];
    for await (const entry of archive.eachEntry()) {
      const place = options.placeOf(entry.fileName);
      if (place !== null) chosen.push({ entry, place });
    }
    const total = chosen.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    let done = 0;
    for (const { entry, place } of chosen) {
      options.signal?.throwIfAborted();
      const path = join(folder, place);
      mkdirSync(dirname(path), { recursive: true });
      const count = new Transform({
        transform(chunk, _encoding, next) {
          done += chunk.length;
          options.onBytes(done, total);
          next(null, chunk);
        },
      });
      await pipeline(await archive.openReadStreamPromise(entry), count, createWriteStream(path));
    }
    return chosen.map(({ place }) => place);
  } finally {
    archive.close();
  }
}

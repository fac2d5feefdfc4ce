/** Unpacks the needed parts of a wheel as a stream. The largest file is 0.8 GB and is never in memory as a whole. */
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise } from "yauzl";

/** What to unpack, and where to report progress. */
export interface UnpackOptions {
  /** Returns the path of an entry relative to the folder, or null to skip it. */
  readonly placeOf: (entry: string) => string | null;
  /** Called with the number of bytes written so far and their total. */
  readonly onBytes: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the selected entries of a zip file into `folder` and returns their relative paths.
 *
 * Does not verify the checksums inside the zip file, because its own hash has been verified.
 *
 * @throws the signal's reason when aborted, also within an entry; yauzl's error if the file is not a zip file or is
 * truncated
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
      const path = join(folder, place);
      mkdirSync(dirname(path), { recursive: true });
      const count = new Transform({
        transform(chunk, _encoding, next) {
          if (options.signal?.aborted) return next(options.signal.reason);
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

/** Downloads the published weights of the bases into the cache and verifies their hashes. */
import { dirname, join } from "node:path";
import { type BaseName, bases } from "../bases/bases.ts";
import type { OnSetupProgress } from "../engine/engine.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { download } from "../files/download.ts";
import { fileHash } from "../files/hash.ts";
import { waitForLock } from "../files/lock.ts";
import { isRegularFile } from "../files/stored.ts";
import type { Patience } from "../files/request.ts";
import { explainSystemError } from "../files/system_error.ts";
import { sentence } from "../sentence.ts";

/** Where to find or download published weights. */
export interface WeightsOptions extends Patience {
  readonly cacheRoot: string;
  readonly onProgress?: OnSetupProgress | undefined;
  /** An alternative URL for the file. */
  readonly fetchFrom?: string | undefined;
  /** The MD5 of the file, if it is not the published one. */
  readonly md5?: string | undefined;
}

/** Returns the path of a base's published weights in the cache. The file need not exist. */
export function publishedWeightsPath(base: BaseName, cacheRoot: string): string {
  return join(cacheRoot, "weights", bases[base].published.name);
}

/**
 * Returns the path of a base's published weights in the cache, and downloads them first if they are missing.
 *
 * The file is used only if its hash is correct. A file with another hash is replaced.
 *
 * @throws HeadlightError (exit status 1) if the weights cannot be downloaded
 */
export async function publishedWeights(base: BaseName, options: WeightsOptions): Promise<string> {
  const path = publishedWeightsPath(base, options.cacheRoot);
  try {
    await obtain(base, path, options);
    return path;
  } catch (thrown) {
    const error = explainSystemError(thrown, `writing to ${dirname(path)}`);
    if (!(error instanceof HeadlightError)) throw error;
    const line = `the published weights of ${base} are not available: ${sentence(errorLine(error))} ` +
      `Copy the file to ${path}, or name one with --weights FILE.h5.`;
    throw new HeadlightError(line, 1, { cause: error });
  }
}

async function obtain(base: BaseName, path: string, options: WeightsOptions): Promise<void> {
  const { published } = bases[base];
  const { onProgress = () => {}, fetchFrom = published.url, md5 = published.md5 } = options;
  const label = `downloading the weights of ${base}`;
  const lock = await waitForLock(
    `${path}.lock`,
    () => onProgress({ label: `${label} (waiting for another run's download)`, done: 0, total: 0, unit: "bytes" }),
  );
  try {
    const found = await foundHash(path);
    if (found === md5) return;
    onProgress({ label, done: 0, total: 0, unit: "bytes" });
    await download(fetchFrom, path, {
      ...options,
      checksum: { algorithm: "md5", hex: md5 },
      onProgress: (done, total) => onProgress({ label, done, total, unit: "bytes" }),
    }).catch((error: unknown) => {
      // A person who copied a file into the cache must learn that it was found, and why it was not used.
      if (found === null || !(error instanceof HeadlightError)) throw error;
      const wrong = `the file in the cache has the wrong hash (md5 ${found} instead of ${md5})`;
      throw new HeadlightError(`${wrong}, and ${errorLine(error)}`, 1, { cause: error });
    });
  } finally {
    lock.release();
  }
}

/**
 * Returns the MD5 of the file, or null if there is none. It is computed each time, which takes 50 ms for the largest
 * file: a corrupted bit on the disk changes neither size nor modification time.
 */
function foundHash(path: string): Promise<string | null> {
  return isRegularFile(path) ? fileHash(path, "md5") : Promise.resolve(null);
}

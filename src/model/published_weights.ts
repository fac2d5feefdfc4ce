/** The published weights of the bases: downloaded into the cache, and checked by their hash. */
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

export interface WeightsOptions extends Patience {
  readonly cacheRoot: string;
  readonly onProgress?: OnSetupProgress | undefined;
  /** Another place to download the same file from. */
  readonly fetchFrom?: string | undefined;
}

/** Returns where a base's published weights are kept, be they there or not. */
export function publishedWeightsPath(base: BaseName, cacheRoot: string): string {
  return join(cacheRoot, "weights", bases[base].published.name);
}

/**
 * The path of a base's published weights in the cache, downloaded where they are not there. A file is used only after
 * its hash was found right. One with another hash is replaced.
 *
 * @throws HeadlightError (1) where they cannot be had.
 */
export async function publishedWeights(base: BaseName, options: WeightsOptions): Promise<string> {
  const path = publishedWeightsPath(base, options.cacheRoot);
  try {
    await obtain(base, path, options);
    return path;
  } catch (thrown) {
    const error = explainSystemError(thrown, `writing to ${dirname(path)}`);
    if (!(error instanceof HeadlightError)) throw error;
    const remedy = `put the file there by hand (${path}), or name one with --weights FILE.h5`;
    throw new HeadlightError(`the published weights of ${base} cannot be had: ${errorLine(error)}; ${remedy}`, 1, {
      cause: error,
    });
  }
}

async function obtain(base: BaseName, path: string, options: WeightsOptions): Promise<void> {
  const { md5, url } = bases[base].published;
  const { onProgress = () => {}, fetchFrom = url } = options;
  const label = `downloading the weights of ${base}`;
  const lock = await waitForLock(
    `${path}.lock`,
    () => onProgress({ label: `${label} (another run is at it)`, done: 0, total: 0, unit: "bytes" }),
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
      // Whoever put a file there by hand must hear that it was seen, and why it was not taken.
      if (found === null || !(error instanceof HeadlightError)) throw error;
      const wrong = `the file in the cache is another one (md5 ${found} instead of ${md5})`;
      throw new HeadlightError(`${wrong}, and ${errorLine(error)}`, 1, { cause: error });
    });
  } finally {
    lock.release();
  }
}

/**
 * The MD5 of the file that is there, null where there is none. Computed each time, 50 ms for the largest: size and time of
 * change stay the same where a disk loses a bit.
 */
function foundHash(path: string): Promise<string | null> {
  return isRegularFile(path) ? fileHash(path, "md5") : Promise.resolve(null);
}

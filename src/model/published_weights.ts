/** Downloads the published weights of the bases into the cache and verifies their hashes. */
import { dirname, join } from "node:path";
import { publishedFile } from "../bases/base.ts";
import { type BaseName, bases } from "../bases/bases.ts";
import type { BaseRef } from "../config.ts";
import type { OnSetupProgress } from "../engine/engine.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { removeIfThere } from "../files/atomic.ts";
import { download } from "../files/download.ts";
import { type Checksum, fileHash } from "../files/hash.ts";
import { waitForLock } from "../files/lock.ts";
import { isSealed, makersLock, sealedHash, sealFile, sealPath } from "../files/sealed_file.ts";
import { useEntry } from "../files/use.ts";
import { isRegularFile } from "../files/stored.ts";
import type { Patience } from "../files/request.ts";
import { explainSystemError } from "../files/system_error.ts";
import { sentence } from "../sentence.ts";
import { checkWeightsInTime } from "./check_weights.ts";

/** The options that decide which file is meant. */
interface BaseOptions {
  readonly base: BaseName;
  readonly size: number;
}

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
export function publishedWeightsPath({ base, size }: BaseOptions, cacheRoot: string): string {
  return join(cacheRoot, "weights", publishedFile(bases[base], size).name);
}

/**
 * Returns whether a weights file is the published one, by its content, for a base whose layers depend on it. Returns
 * false for all other bases, without reading the file.
 */
export async function needsPublishedLayers(base: BaseRef, path: string): Promise<boolean> {
  if (typeof base !== "string") return false;
  const { publishedDiffers = false, published } = bases[base];
  if (!publishedDiffers) return false;
  const md5 = await fileHash(path, "md5");
  return published.some((file) => file.md5 === md5);
}

/**
 * Returns the path of a base's published weights in the cache, and downloads them first if they are missing.
 *
 * The file is used only if its hash is correct. A file with another hash is replaced. Where no hash is published, the
 * hash of the first download, or of a file that a person copied into the cache, is kept beside the file and compared
 * from then on. It is in use until this process exits, so `cache clear` keeps it.
 *
 * @throws HeadlightError (exit status 1) if the weights cannot be downloaded
 */
export async function publishedWeights(options: BaseOptions, weightsOptions: WeightsOptions): Promise<string> {
  const path = publishedWeightsPath(options, weightsOptions.cacheRoot);
  try {
    await obtain(options, path, weightsOptions);
    return path;
  } catch (thrown) {
    const error = explainSystemError(thrown, `writing to ${dirname(path)}`);
    if (!(error instanceof HeadlightError)) throw error;
    const line = `the published weights of ${options.base} are not available: ${sentence(errorLine(error))} ` +
      `Copy the file to ${path}, or name one with --weights FILE.h5.`;
    throw new HeadlightError(line, 1, { cause: error });
  }
}

async function obtain(options: BaseOptions, path: string, weightsOptions: WeightsOptions): Promise<void> {
  const { url, md5: publishedMd5 } = publishedFile(bases[options.base], options.size);
  const { onProgress = () => {}, fetchFrom = url, md5 = publishedMd5 } = weightsOptions;
  const label = `downloading the weights of ${bases[options.base].displayName}`;
  const lock = await waitForLock(
    makersLock(path),
    () => onProgress({ label: `${label} (waiting for another run's download)`, done: 0, total: 0, unit: "bytes" }),
  );
  try {
    const fetchFile = async (checksum: Checksum | null) => {
      onProgress({ label, done: 0, total: 0, unit: "bytes" });
      await download(fetchFrom, path, {
        ...weightsOptions,
        checksum,
        onProgress: (done, total) => onProgress({ label, done, total, unit: "bytes" }),
      });
    };
    if (md5 === undefined) await obtainByFirstHash(options, path, fetchFile);
    else await obtainByHash({ algorithm: "md5", hex: md5 }, path, fetchFile);
    await useEntry(path);
  } finally {
    lock.release();
  }
}

type FetchFile = (checksum: Checksum | null) => Promise<void>;

async function obtainByHash(checksum: Checksum, path: string, fetchFile: FetchFile): Promise<void> {
  const found = await foundHash(path, checksum);
  if (found === checksum.hex) return;
  await fetchFile(checksum).catch((error: unknown) => {
    // A person who copied a file into the cache must learn that it was found, and why it was not used.
    if (found === null || !(error instanceof HeadlightError)) throw error;
    const { algorithm, hex } = checksum;
    const wrong = `the file in the cache has the wrong hash (${algorithm} ${found} instead of ${hex})`;
    throw new HeadlightError(`${wrong}, and ${errorLine(error)}`, 1, { cause: error });
  });
}

/** Goes by the hash of the first file, which is kept beside it. The first file must fit the base's layers. */
async function obtainByFirstHash(options: BaseOptions, path: string, fetchFile: FetchFile): Promise<void> {
  if (await isSealed(path)) return;
  const first = sealedHash(path);
  if (first !== null) {
    await obtainByHash({ algorithm: "sha256", hex: first }, path, fetchFile).catch((error: unknown) => {
      if (!(error instanceof HeadlightError)) throw error;
      const remedy = `The expected hash is that of the first download. Remove ${sealPath(path)} to accept another file`;
      throw new HeadlightError(`${error.message}. ${remedy}`, 1, { cause: error });
    });
    return;
  }
  const wasThere = isRegularFile(path);
  if (!wasThere) await fetchFile(null);
  try {
    await checkWeightsInTime(path, { ...options, pooling: "max" });
  } catch (error) {
    if (!wasThere) removeIfThere(path);
    throw error;
  }
  await sealFile(path);
}

/**
 * Returns the hash of the file, or null if there is none. It is computed each time, which takes 50 ms for the largest
 * file: a corrupted bit on the disk changes neither size nor modification time.
 */
function foundHash(path: string, { algorithm }: Checksum): Promise<string | null> {
  return isRegularFile(path) ? fileHash(path, algorithm) : Promise.resolve(null);
}

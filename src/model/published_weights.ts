/** The published weights of the bases: downloaded into the cache, and checked by their hash. */
import { dirname, join } from "node:path";
import { z } from "zod";
import { type BaseName, bases } from "../bases/bases.ts";
import type { OnSetupProgress } from "../engine/engine.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { writeFileAtomicSync } from "../files/atomic.ts";
import { download } from "../files/download.ts";
import { fileHash } from "../files/hash.ts";
import { waitForLock } from "../files/lock.ts";
import type { Patience } from "../files/request.ts";
import { explainSystemError } from "../files/system_error.ts";

export interface WeightsOptions extends Patience {
  readonly cacheRoot: string;
  readonly onProgress?: OnSetupProgress | undefined;
  /** Another place to download the same file from. */
  readonly fetchFrom?: string | undefined;
}

/** Beside a cached file: which file, as the file system knows it, had which hash. */
const stampSchema = z.object({ md5: z.string(), size: z.number(), modifiedMs: z.number() });
type Stamp = z.infer<typeof stampSchema>;

/** Returns where a base's published weights are kept, be they there or not. */
export function publishedWeightsPath(base: BaseName, cacheRoot: string): string {
  return join(cacheRoot, "weights", bases[base].published.name);
}

/**
 * The path of a base's published weights in the cache, downloaded where they are not there. A file is used only after
 * its hash was found right; from then on its size and time of change stand for it. One with another hash is replaced.
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
    const found = await foundHash(path, md5);
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
    writeStamp(path, md5);
  } finally {
    lock.release();
  }
}

/** The MD5 of the file that is there, null where there is none. The right one is not hashed again while it is unchanged. */
async function foundHash(path: string, md5: string): Promise<string | null> {
  const now = stampOf(path, md5);
  if (now === null) return null;
  const then = readStamp(path);
  if (then && then.md5 === md5 && then.size === now.size && then.modifiedMs === now.modifiedMs) return md5;
  const found = await fileHash(path, "md5");
  if (found === md5) writeStamp(path, md5);
  return found;
}

function stampPath(path: string): string {
  return `${path}.verified.json`;
}

/** null where there is no such file. */
function stampOf(path: string, md5: string): Stamp | null {
  try {
    const { size, mtime } = Deno.statSync(path);
    return { md5, size, modifiedMs: mtime?.getTime() ?? 0 };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function writeStamp(path: string, md5: string): void {
  writeFileAtomicSync(stampPath(path), JSON.stringify(stampOf(path, md5)));
}

/** null where there is none, or one that cannot be read: the file is then hashed again. */
function readStamp(path: string): Stamp | null {
  try {
    return stampSchema.parse(JSON.parse(Deno.readTextFileSync(stampPath(path))));
  } catch {
    return null;
  }
}

/** Detects obstacles to the setup of an engine (a full disk, an unwritable cache) and explains each in one line. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { explainCacheError, systemCode } from "../../files/system_error.ts";
import { nearestExisting } from "../../files/writable.ts";
import type { Wheel } from "./pinned.ts";

/**
 * Checks that the cache's disk has enough space left.
 *
 * @param engines the folder of the engines, which need not exist
 * @param needed the space in bytes
 * @param engine the engine's name, for the error
 * @throws HeadlightError (exit status 1) if it has not
 */
export function requireSpace(engines: string, needed: number, engine: string): void {
  const { bavail, bsize } = statfsSync(nearestExisting(engines));
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new HeadlightError(
    `setting up ${engine} needs ${megabytes(needed)} of disk space, but ${dirname(engines)} has only ` +
      `${megabytes(bavail * bsize)} left. Free some, or set XDG_CACHE_HOME to a folder on a larger disk.`,
    1,
  );
}

/**
 * Returns the most space that is needed at one time, for wheels of which each is unpacked and removed before the next
 * one is downloaded.
 */
export function peakBytes(wheels: readonly Wheel[]): number {
  let [unpacked, peak] = [0, 0];
  for (const wheel of wheels) {
    unpacked += wheel.unpackedBytes;
    peak = Math.max(peak, unpacked + wheel.bytes);
  }
  return peak;
}

/**
 * Turns a system error about the cache into one line that names the cache and the remedy. Returns other errors
 * unchanged.
 *
 * @param engines the folder of the engines
 * @param engine the engine's name
 */
export function explainSetupError(error: unknown, engines: string, engine: string): unknown {
  if (error instanceof HeadlightError || !(error instanceof Error)) return error;
  const remedy = "or set XDG_CACHE_HOME to another folder";
  const code = systemCode(error);
  if (code === "ENOSPC") {
    return new HeadlightError(`${engines}: the disk is full. Free some space ${remedy}.`, 1, { cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES" || code === "EROFS" || code === "ENOTDIR") {
    return new HeadlightError(`${engines} cannot be written. Make it writable ${remedy}.`, 1, { cause: error });
  }
  return explainCacheError(error, `cannot set up ${engine} in ${engines}`);
}

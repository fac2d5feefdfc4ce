/** Detects obstacles to the setup of an engine (a full disk, an unwritable cache) and explains each in one line. */
import { statfsSync } from "node:fs";
import { HeadlightError } from "../../errors.ts";
import { explainCacheError, systemCode } from "../../files/system_error.ts";

/**
 * Checks that a folder's disk has enough space left.
 *
 * @param needed the space in bytes
 * @param engine the engine's name, for the error
 * @throws HeadlightError (exit status 1) if it has not
 */
export function requireSpace(folder: string, needed: number, engine: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new HeadlightError(
    `setting up ${engine} needs ${megabytes(needed)} of disk space, but ${folder} has only ` +
      `${megabytes(bavail * bsize)} left. Free some, or set XDG_CACHE_HOME to a folder on a larger disk.`,
    1,
  );
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

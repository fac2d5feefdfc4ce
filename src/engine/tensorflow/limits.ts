/**
 * Detects obstacles to the setup (an unsupported platform, a full disk, an unwritable cache) and explains each in one
 * line.
 */
import { statfsSync } from "node:fs";
import { HeadlightError } from "../../errors.ts";
import { readCpuinfo } from "../processor.ts";
import { explainCacheError, systemCode } from "../../files/system_error.ts";

/**
 * Checks that a folder's disk has enough space left.
 *
 * @param needed the space in bytes
 * @throws HeadlightError (exit status 1) if it has not
 */
export function requireSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new HeadlightError(
    `setting up TensorFlow needs ${megabytes(needed)} of disk space, but ${folder} has only ` +
      `${megabytes(bavail * bsize)} left. Free some, or set XDG_CACHE_HOME to a folder on a larger disk.`,
    1,
  );
}

/**
 * Checks the platform before 274 MB are downloaded.
 *
 * @throws HeadlightError (exit status 1) on Windows, and on a processor without AVX
 */
export function requirePlatform(platform: string): void {
  if (platform.startsWith("windows-")) {
    throw new HeadlightError("TensorFlow for Node.js needs Linux or macOS. On Windows, run Headlight inside WSL2.", 1);
  }
  if (platform !== "linux-x86_64") return;
  const flags = /^flags\s*:(.*)$/m.exec(readCpuinfo())?.[1];
  if (flags === undefined || /\bavx\b/.test(flags)) return;
  throw new HeadlightError("this processor has no AVX, which a prebuilt TensorFlow needs. Use --engine wasm.", 1);
}

/**
 * Turns a system error about the cache into one line that names the cache and the remedy. Returns other errors
 * unchanged.
 */
export function explainSetupError(error: unknown, engines: string): unknown {
  if (error instanceof HeadlightError || !(error instanceof Error)) return error;
  const remedy = "or set XDG_CACHE_HOME to another folder";
  const code = systemCode(error);
  if (code === "ENOSPC") {
    return new HeadlightError(`${engines}: the disk is full. Free some space ${remedy}.`, 1, { cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES" || code === "EROFS" || code === "ENOTDIR") {
    return new HeadlightError(`${engines} cannot be written. Make it writable ${remedy}.`, 1, { cause: error });
  }
  return explainCacheError(error, `cannot set up TensorFlow in ${engines}`);
}

/** What no set-up can get past: the wrong platform, a full disk, a cache that cannot be written. One line for each. */
import { statfsSync } from "node:fs";
import { HeadlightError } from "../../errors.ts";
import { readCpuinfo } from "../processor.ts";
import { explainCacheError, systemCode } from "../../files/system_error.ts";

/** @throws {HeadlightError} the folder's disk has fewer bytes left than are needed */
export function requireSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  throw new HeadlightError(
    `setting TensorFlow up takes ${megabytes(needed)} of disk, ${folder} has ${megabytes(bavail * bsize)} left; ` +
      "free some or set XDG_CACHE_HOME to a folder on a larger disk",
    1,
  );
}

/** What cannot work is known before 274 MB are fetched: Windows, and a processor without AVX. */
export function requirePlatform(platform: string): void {
  if (platform.startsWith("windows-")) {
    throw new HeadlightError("tfjs-node on TensorFlow needs Linux or macOS; on Windows, run Headlight inside WSL2", 1);
  }
  if (platform !== "linux-x86_64") return;
  const flags = /^flags\s*:(.*)$/m.exec(readCpuinfo())?.[1];
  if (flags === undefined || /\bavx\b/.test(flags)) return;
  throw new HeadlightError("a prebuilt TensorFlow needs a processor with AVX, which this one lacks", 1);
}

/** What the system has against the cache is the person's to mend: one line that names it. Defects stay as they are. */
export function readable(error: unknown, engines: string): unknown {
  if (error instanceof HeadlightError || !(error instanceof Error)) return error;
  const remedy = "or set XDG_CACHE_HOME to another folder";
  const code = systemCode(error);
  if (code === "ENOSPC") {
    return new HeadlightError(`the disk of ${engines} is full; free some space ${remedy}`, 1, { cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES" || code === "EROFS" || code === "ENOTDIR") {
    return new HeadlightError(`${engines} cannot be written; make it writable ${remedy}`, 1, { cause: error });
  }
  return explainCacheError(error, `cannot set TensorFlow up in ${engines}`);
}

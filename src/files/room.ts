/** Room on a disk: whether an error means that there is none, and how much is free. */
import { statfsSync } from "node:fs";
import { join } from "node:path";
import type { DiskProblem } from "../disk.ts";
import { asideOf, removeIfThere, writeSynced } from "./atomic.ts";
import { systemCode } from "./system_error.ts";
import { nearestExisting } from "./writable.ts";

const PROBLEM_OF: ReadonlyMap<string | null, DiskProblem> = new Map([
  ["ENOSPC", "full"],
  ["EDQUOT", "over quota"],
  ["EROFS", "read-only"],
]);

/** Returns what is wrong with the disk according to an error or one of its causes; null for any other error. */
export function diskProblem(error: unknown): DiskProblem | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const problem = PROBLEM_OF.get(systemCode(cause));
    if (problem) return problem;
  }
  return null;
}

/**
 * Returns the number of bytes that can be written on the disk of a path, which need not exist; null if the file system
 * does not tell. A quota may allow less.
 */
export function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize, blocks } = statfsSync(nearestExisting(path));
    // Some file systems, such as FUSE ones, report no size at all.
    return blocks === 0 ? null : bavail * bsize;
  } catch {
    return null;
  }
}

/** Returns whether two paths, which need not exist, are on the same disk. */
export function onSameDisk(one: string, other: string): boolean {
  const [device, otherDevice] = [one, other].map((path) => Deno.statSync(nearestExisting(path)).dev);
  return device === otherDevice;
}

/** The largest file that `tryRoom` writes. */
const MOST_TRIED_BYTES = 1024 * 1024;

/**
 * Writes a temporary file to a folder and removes it: `bytes` long, but at most 1 MB.
 * @throws the system's error if there is no room
 */
export function tryRoom(folder: string, bytes: number): void {
  const path = asideOf(join(nearestExisting(folder), "room"));
  try {
    writeSynced(path, new Uint8Array(Math.min(bytes, MOST_TRIED_BYTES)));
  } finally {
    removeIfThere(path);
  }
}

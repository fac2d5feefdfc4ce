/** Whether a folder can be written, found out by doing it: permissions alone don't tell (read-only disks, /proc). */
import { dirname } from "node:path";

/** The path itself, or the nearest above it at which there is something. */
export function nearestExisting(path: string): string {
  while (!isThere(path) && dirname(path) !== path) path = dirname(path);
  return path;
}

/** A link counts, also one that leads nowhere: nothing can be made in its place. */
function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
  }
}

/**
 * Writes an empty file into the folder, or where it is not there yet, into what it would be made in; leaves no trace.
 * @throws what the system has against it.
 */
export function tryWriting(folder: string): void {
  const place = nearestExisting(folder);
  Deno.removeSync(Deno.makeTempFileSync({ dir: place, prefix: ".writable-" }));
}

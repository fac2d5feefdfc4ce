/** Tests whether a folder is writable by writing to it: permissions do not show a read-only disk or /proc. */
import { dirname } from "node:path";
import { HeadlightError } from "../errors.ts";

/** Returns the path itself, or the nearest path above it that exists. */
export function nearestExisting(path: string): string {
  while (!isThere(path) && dirname(path) !== path) path = dirname(path);
  return path;
}

/** Returns whether a path exists. A broken link counts, because nothing can be created in its place. */
function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
  }
}

/**
 * Creates a temporary file in the folder and removes it. If the folder does not exist yet, uses the nearest existing
 * folder above it.
 * @throws the system's error if the file cannot be created
 */
export function tryWriting(folder: string): void {
  const place = nearestExisting(folder);
  Deno.removeSync(Deno.makeTempFileSync({ dir: place, prefix: ".writable-" }));
}

/**
 * Refuses a folder that cannot be created, because a file is in its place or on the way to it.
 *
 * @param given what the person typed: `--out x/y`
 * @throws HeadlightError (2) that names the file
 */
export function refuseFileInPlaceOf(folder: string, given: string): void {
  const place = nearestExisting(folder);
  if (isFolder(place)) return;
  throw new HeadlightError(`${given}: ${place} is not a folder. Name another place.`);
}

/** Returns whether a path is a folder, a link to one, or cannot be asked for. */
function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    // A broken link is no folder, and none can be made there.
    return !(error instanceof Deno.errors.NotFound);
  }
}

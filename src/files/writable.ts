/**
 * Checks of the places that a person names for files and folders. A folder is tested by writing to it, because
 * permissions do not show a read-only disk or /proc.
 */
import { dirname } from "node:path";
import { HeadlightError } from "../errors.ts";
import { systemReason } from "./system_error.ts";

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
 * Checks that a folder exists or can be created: neither it nor a path above it may be a file or a broken link.
 *
 * @param given what the person typed: `--out x/y`
 * @throws HeadlightError (2) that names the file or the link
 */
export function refuseFileInPlaceOf(folder: string, given: string): void {
  const place = nearestExisting(folder);
  const kind = kindOf(place);
  if (kind === "other") throw new HeadlightError(`${at(given, place)} is not a folder. Name another place.`);
  if (kind !== "missing") return;
  // The path exists, so it is a link.
  throw new HeadlightError(
    `${at(given, place)} is a symbolic link to ${
      Deno.readLinkSync(place)
    }, which does not exist. Create that folder, ` +
      "or name another place.",
  );
}

/**
 * Checks that a file can be written at a path, before anything is computed for it: the path may not be a folder, and a
 * file can be created in its folder, or in the nearest folder above it that exists.
 *
 * @param given what the person typed: `--out x/y.png`. Default: the path, which is a command's own choice
 * @throws HeadlightError (2) that says what is in the way, and what to do
 */
export function checkFilePlace(path: string, given: string = path): void {
  if (kindOf(path) === "folder") {
    throw new HeadlightError(`${at(given, path)} is a folder. Name a file with --out.`);
  }
  const folder = dirname(path);
  refuseFileInPlaceOf(folder, given);
  try {
    tryWriting(folder);
  } catch (error) {
    const why = systemReason(error);
    throw new HeadlightError(
      `${at(given, nearestExisting(folder))} cannot be written (${why}). Make it writable, or name another file with ` +
        "--out.",
      2,
      { cause: error },
    );
  }
}

/** Returns what the person typed and the path that is wrong, or the path once if that is what the person typed. */
function at(given: string, place: string): string {
  return given === place || given.endsWith(` ${place}`) ? given : `${given}: ${place}`;
}

/** Returns what a path is, or what it links to; `unknown` if the system does not say, as without permission. */
function kindOf(path: string): "folder" | "other" | "missing" | "unknown" {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "other";
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "missing" : "unknown";
  }
}

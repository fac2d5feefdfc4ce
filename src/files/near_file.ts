/** Suggests a path with a similar name for a file that does not exist. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "../near.ts";

/** Returns the path in the same folder whose name is nearest to that of `path`, or null if no name is similar. */
export function nearestBeside(path: string): string | null {
  try {
    const near = nearest(basename(path), readdirSync(dirname(path)));
    return near === null ? null : join(dirname(path), near);
  } catch {
    // The folder does not exist or cannot be listed.
    return null;
  }
}

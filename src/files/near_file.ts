/** "Did you mean …?" for files that are not there. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "../near.ts";

/** Returns the path of what lies in the same folder and was likely meant, or null if there is nothing like it. */
export function nearestBeside(path: string): string | null {
  try {
    const near = nearest(basename(path), readdirSync(dirname(path)));
    return near === null ? null : join(dirname(path), near);
  } catch {
    // The folder is not there either, or cannot be listed: there is nothing to suggest.
    return null;
  }
}

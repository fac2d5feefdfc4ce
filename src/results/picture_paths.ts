/** Which files `predict` is asked about: files, folders, and lists on standard input. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { listFiles } from "../data/pictures/listing.ts";
import { HeadlightError } from "../errors.ts";

/** A list in place of a path. */
export const STANDARD_INPUT = "-";

/**
 * The paths, each as it was given or found, in order; a folder stands for the pictures below it. What is not there is
 * kept: it is named when it is to be read.
 * @param readList standard input's text: one path a line, or between zero bytes where it has any (`find -print0`).
 * @throws HeadlightError (2) where nothing is left to be asked.
 */
export async function picturePaths(
  given: readonly string[],
  readList: () => Promise<string>,
  resolve: (path: string) => string,
): Promise<string[]> {
  const named = given.includes(STANDARD_INPUT) ? pathsIn(await readList()) : [];
  const paths = given.flatMap((path) => (path === STANDARD_INPUT ? named : [path])).flatMap((path) => {
    const folder = statSync(resolve(path), { throwIfNoEntry: false })?.isDirectory();
    return folder ? listFiles(resolve(path)).map((file) => join(path, file)) : [path];
  });
  if (paths.length > 0) return paths;
  throw new HeadlightError("no picture to look at: name files, folders, or - for a list on standard input");
}

function pathsIn(text: string): string[] {
  return text.split(text.includes("\0") ? "\0" : /\r?\n/).filter((path) => path !== "");
}
